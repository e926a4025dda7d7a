import assert from 'node:assert/strict';
import { KeyRing } from '../../src/sealing/index.ts';
import { devicepass } from './support.ts';

describe('the command for keys', function () {
  this.timeout(120_000);
  async function keys(args: string[], ring: KeyRing): Promise<{ ids: string[]; told: string }> {
    const DEVICEPASS_KEYS = ring.export();
    const { exitCode, stdout, stderr } = await devicepass(['keys', ...args], { DEVICEPASS_KEYS });
    assert.equal(exitCode, 0, stderr);
    const next = KeyRing.parse(/^DEVICEPASS_KEYS=(\S+)\n$/.exec(stdout)?.[1] ?? '');
    for (const id of next.ids.filter((known) => ring.ids.includes(known))) {
      assert.deepEqual(next.find(id), ring.find(id), 'the key itself is unchanged');
    }
    return { ids: next.ids, told: stderr };
  }
  async function refused(args: string[], ring: KeyRing | undefined): Promise<string> {
    const { exitCode, stdout, stderr } = await devicepass(
      ['keys', ...args],
      ring ? { DEVICEPASS_KEYS: ring.export() } : {},
    );
    assert.deepEqual({ exitCode, stdout }, { exitCode: 1, stdout: '' });
    return stderr;
  }

  const use = ['rotate', '--step', 'use'];
  const old = KeyRing.generate(new Date('2026-03-01T10:00:00Z'));
  const added = old.withNewKey(new Date('2026-03-01T10:00:01Z'));
  const [first = '', second = ''] = added.ids;

  it('prints a new ring as a line of .env, for the setting that it is told, or bare', async () => {
    for (const [args, name] of [
      [[], 'DEVICEPASS_KEYS='],
      [['--for', 'AEM_HOST_KEYS'], 'AEM_HOST_KEYS='],
      [['--bare'], ''],
    ] as const) {
      const { stdout } = await devicepass(['keys', 'generate', ...args]);
      assert.ok(stdout.startsWith(name) && stdout.endsWith('\n'), stdout);
      assert.equal(KeyRing.parse(stdout.slice(name.length).trim()).ids.length, 1);
    }
  });

  it('prints the next ring bare for scripts', async () => {
    const DEVICEPASS_KEYS = old.export();
    const { stdout } = await devicepass(['keys', 'rotate', '--bare'], { DEVICEPASS_KEYS });
    assert.equal(KeyRing.parse(stdout.trim()).ids.length, 2);
  });

  it('adds a key that only opens, and says who has to have the ring first', async () => {
    const { ids, told } = await keys(['rotate'], old);
    assert.equal(ids[0], first);
    assert.equal(ids.length, 2);
    assert.match(told, /every worker, gateway and client.*devicepass keys rotate --step use/);
  });

  it('uses the key that was added, and never goes back when asked twice', async () => {
    const once = await keys(use, added);
    assert.deepEqual(once.ids, [second, first]);
    const twice = await keys(use, added.withFirst(second));
    assert.deepEqual(twice.ids, [second, first]);
    assert.match(twice.told, new RegExp(`^Key ${second} is already in use: the ring is unchanged`));
  });

  it('tells keys of one day apart, as they were made before', async () => {
    const ring = KeyRing.parse(old.export().replace(first, '2026-03-01-abcd'));
    const rotated = ring.withNewKey(new Date('2026-03-01T12:00:00Z'));
    assert.equal((await keys(use, rotated)).ids[1], '2026-03-01-abcd');
  });

  it('asks which key where their ids do not tell', async () => {
    const ring = KeyRing.parse(added.export().replace(first, 'blue').replace(second, 'green'));
    assert.equal(
      await refused(use, ring),
      'devicepass: the ids do not tell which key is the newest: add --key with one of blue, green\n',
    );
    assert.deepEqual((await keys([...use, '--key', 'green'], ring)).ids, ['green', 'blue']);
    assert.equal(
      await refused([...use, '--key', 'red'], ring),
      'devicepass: DEVICEPASS_KEYS has no key red: it has blue, green\n',
    );
  });

  it('retires an old key, never the one that seals', async () => {
    assert.deepEqual((await keys(['retire', second], added)).ids, [first]);
    assert.match(await refused(['retire', first], added), /^devicepass: key .* seals: use another/);
  });

  it('says which setting is missing, or that there is nothing to use', async () => {
    assert.match(await refused(use, undefined), /^devicepass: DEVICEPASS_KEYS: no key: /);
    assert.match(await refused(use, old), /^devicepass: there is one key only: /);
  });
});
