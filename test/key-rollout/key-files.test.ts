import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { cpSync, type PathLike, readFileSync, writeFileSync } from 'node:fs';
import {
  chmod,
  chown,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  backUp,
  type KeyPair,
  recover,
  replacePair,
  restore,
} from '../../src/key-rollout/index.ts';

/** As a crash would: nothing after this runs. */
class Killed extends Error {}

describe('two key files', () => {
  let folder: string;
  let data: string;
  let backups: string;
  const old = pair();
  const fresh = pair();
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'devicepass-keys-'));
    [data, backups] = [join(folder, 'aem/data'), join(folder, 'aem/backups')];
    await mkdir(data, { recursive: true });
    for (const [name, key] of Object.entries(old)) await writeFile(join(data, name), key);
  });
  afterEach(() => rm(folder, { recursive: true }));

  const now = async (): Promise<KeyPair> => ({
    hmac: await readFile(join(data, 'hmac')),
    master: await readFile(join(data, 'master')),
  });

  it('are replaced together, with mode 0600, and leave nothing beside them', async () => {
    await chmod(join(data, 'hmac'), 0o644);
    await replacePair(data, fresh, backups);
    assert.deepEqual(await now(), fresh);
    assert.deepEqual((await readdir(data)).sort(), ['hmac', 'master']);
    assert.deepEqual(await readdir(backups), []);
    assert.equal((await stat(join(data, 'hmac'))).mode & 0o777, 0o600);
  });

  for (const failing of ['hmac', 'master']) {
    it(`are both as before when ${failing} can't be renamed`, async () => {
      const failure = Object.assign(new Error('no'), { code: 'EIO', syscall: 'rename' });
      await assert.rejects(
        replacePair(data, fresh, backups, {
          rename: async (from, to) => {
            if (String(to).endsWith(failing)) throw failure;
            await rename(from, to);
          },
        }),
        { code: 'file_error', message: /both files are as before: rename failed \(EIO\)/ },
      );
      assert.deepEqual(await now(), old);
      assert.deepEqual((await readdir(data)).sort(), ['hmac', 'master']);
      assert.equal(await recover(backups), 'nothing');
    });
  }

  for (const [died, found, after] of [
    ['prepared', 'nothing', old],
    ['journal', 'untouched', old],
    ['first', 'completed', fresh],
    ['second', 'finished', fresh],
  ] as const) {
    it(`of a process that died after "${died}" are both ${after === old ? 'old' : 'new'}`, async () => {
      const place = join(folder, 'copy');
      const copied = await dieAfter(died, place);
      assert.equal(await recover(copied.backups), found);
      const files = ['hmac', 'master'].map(async (name) => readFile(join(copied.data, name)));
      assert.deepEqual(await Promise.all(files), [after.hmac, after.master]);
    });
  }

  describe('of a disk that failed between them, and while putting back', () => {
    const failure = Object.assign(new Error('no'), { code: 'EIO', syscall: 'rename' });
    const unended = { code: 'file_error', message: /has not ended, the next try .* ends it/ };
    /** Renames as often as it says, and then no more. */
    const renames = (times: number) => ({
      rename: async (from: PathLike, to: PathLike) => {
        times -= 1;
        if (times < 0) throw failure;
        await rename(from, to);
      },
    });
    beforeEach(async () => {
      await assert.rejects(replacePair(data, fresh, backups, renames(1)), unended);
      assert.deepEqual(await now(), { hmac: fresh.hmac, master: old.master });
    });

    it('become new with the next try, even if that fails', async () => {
      const another = pair();
      await assert.rejects(
        replacePair(data, another, backups, renames(0)),
        /both files are as bef/,
      );
      assert.deepEqual(await now(), fresh);
      assert.equal(await recover(backups), 'nothing');
    });

    it('are not forgotten, where the new file is lost too, until both are written', async () => {
      await rm(join(data, '.master.devicepass'));
      assert.equal(await recover(backups), 'mixed');
      const another = pair();
      await assert.rejects(replacePair(data, another, backups, renames(0)), unended);
      assert.equal(await recover(backups), 'completed');
      assert.deepEqual(await now(), another);
    });

    it('are left alone while the journal is damaged', async () => {
      await writeFile(join(backups, 'writing.json'), '{"folder":"/op');
      const damaged = { code: 'file_error', message: /writing\.json is damaged: compare/ };
      await assert.rejects(recover(backups), damaged);
      await assert.rejects(replacePair(data, fresh, backups), damaged);
      assert.deepEqual(await now(), { hmac: fresh.hmac, master: old.master });
    });
  });

  it('stay new when something fails after both were renamed', async () => {
    const failure = Object.assign(new Error('no'), { code: 'EIO', syscall: 'fsync' });
    const onStep = (step: string) => {
      if (step === 'second') throw failure;
    };
    await assert.rejects(replacePair(data, fresh, backups, { onStep }), { code: 'file_error' });
    assert.deepEqual(await now(), fresh);
    assert.equal(await recover(backups), 'finished');
  });

  it('belong to whom their folder belongs to', async () => {
    // Only root can give a folder away.
    const owner = process.getuid?.() === 0 ? 4_242 : (await stat(data)).uid;
    await chown(data, owner, (await stat(data)).gid);
    await replacePair(data, fresh, backups);
    for (const name of ['hmac', 'master']) assert.equal((await stat(join(data, name))).uid, owner);
  });

  it('that were mixed by a lost file come back from the backup', async () => {
    await backUp(data, backups, 'one');
    const { data: mixed, backups: kept } = await dieAfter('first', join(folder, 'copy'));
    await rm(join(mixed, '.master.devicepass'));
    assert.equal(await recover(kept), 'mixed');
    assert.equal(await restore(kept, 'one', { folder: mixed }), true);
    assert.deepEqual(await readFile(join(mixed, 'hmac')), old.hmac);
  });

  it('are backed up once a roll-out, and only whole', async () => {
    await backUp(data, backups, 'one');
    await replacePair(data, fresh, backups);
    await backUp(data, backups, 'one');
    assert.equal(await restore(backups, 'one'), true);
    assert.deepEqual(await now(), old, 'the second call did not overwrite the first copy');
    await writeFile(join(data, '.hmac.devicepass'), fresh.hmac);
    assert.equal(await restore(backups, 'one'), false, 'nothing is left to do');
    assert.deepEqual((await readdir(data)).sort(), ['hmac', 'master'], 'no key lies about');
    assert.equal(await restore(backups, 'another'), false);
    assert.equal((await stat(join(backups, 'one'))).mode & 0o777, 0o700);
    assert.equal((await stat(join(backups, 'one', 'hmac'))).mode & 0o777, 0o600);
  });

  it('are not restored from a damaged backup', async () => {
    await backUp(data, backups, 'one');
    await writeFile(join(backups, 'one', 'hmac'), 'damaged');
    await assert.rejects(restore(backups, 'one'), { code: 'backup_missing' });
  });

  it('go to no place that a roll-out names', async () => {
    await assert.rejects(backUp(data, backups, '../elsewhere'), TypeError);
  });

  /** A copy of the disk as it was in that moment: what a killed process leaves behind. */
  async function dieAfter(step: string, place: string) {
    const left = { data: join(place, 'data'), backups: join(place, 'backups') };
    await replacePair(data, fresh, backups, {
      onStep(done) {
        if (done !== step) return;
        cpSync(join(folder, 'aem'), place, { recursive: true });
        throw new Killed();
      },
    }).catch((error: unknown) => assert.ok(error instanceof Killed));
    await mkdir(left.backups, { recursive: true });
    const journal = join(left.backups, 'writing.json');
    if ((await readdir(left.backups)).includes('writing.json')) {
      const text = readFileSync(journal, 'utf8');
      writeFileSync(journal, text.replace(data, left.data));
    }
    return left;
  }
});

function pair(): KeyPair {
  return { hmac: randomBytes(64), master: randomBytes(64) };
}
