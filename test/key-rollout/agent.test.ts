import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startAgent } from '../../src/agent.ts';
import { onlyOne } from '../../src/agent/only-one.ts';
import { readAgentSettings } from '../../src/agent/settings.ts';
import { KeyRing } from '../../src/sealing/index.ts';
import { sharedTemporal } from '../support/stack.ts';

describe('the agent beside an AEM', function () {
  this.timeout(300_000); // the first run may have to build a Temporal server
  const good = {
    AEM_HOST_ID: 'publish1',
    AEM_HOST_URL: 'http://127.0.0.1:4503/',
    AEM_HOST_INSTALL_DIR: '/opt/aem',
    AEM_HOST_KEYS: KeyRing.generate().export(),
    AEM_HOST_ADMIN_PASSWORD: 'admin-word',
    AEM_HOST_TEST_USER: 'viewer',
    AEM_HOST_TEST_PASSWORD: 'viewer-word',
  };

  it('keeps backups outside of the folders of bundles', () => {
    const { host } = readAgentSettings(good);
    assert.equal(host.url, 'http://127.0.0.1:4503');
    assert.equal(host.backupDir, '/opt/aem/devicepass-key-backups');
    assert.equal(host.admin.password(), 'admin-word');
  });

  it('takes passwords from files, without the line end', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'devicepass-agent-'));
    const file = join(folder, 'password');
    await writeFile(file, 'from-a-file\n');
    const { host } = readAgentSettings({ ...good, AEM_HOST_ADMIN_PASSWORD_FILE: file });
    assert.equal(host.admin.password(), 'from-a-file');
    await rm(folder, { recursive: true });
  });

  for (const [change, expected] of [
    [{ AEM_HOST_ID: '' }, /^AEM_HOST_ID: is not set: this host's id/],
    [{ AEM_HOST_ID: 'a b' }, /^AEM_HOST_ID is "a b": use 1 to 60 letters/],
    [
      { AEM_HOST_URL: 'https://author-p1-e2.adobeaemcloud.com' },
      /^AEM_HOST_URL: author-p1-e2.adobeaemcloud.com is AEM as a Cloud Service/,
    ],
    [{ AEM_HOST_URL: 'https://x.ADOBEAEMCLOUD.com.' }, /is AEM as a Cloud Service/],
    [{ AEM_HOST_URL: 'http://admin:word@aem:4503' }, /^AEM_HOST_URL: the URL of aem:4503 holds a/],
    [{ AEM_HOST_KEYS: 'wrong' }, /entry 1 is not "id:secret"/],
    [{ AEM_HOST_ADMIN_PASSWORD: '' }, /^AEM_HOST_ADMIN_PASSWORD is not set: give it, or/],
    [{ AEM_HOST_TEST_PASSWORD_FILE: '/no/such' }, /^AEM_HOST_TEST_PASSWORD_FILE: \/no\/such can't/],
  ] as const) {
    it(`refuses ${JSON.stringify(change)} with one line`, () => {
      assert.throws(() => readAgentSettings({ ...good, ...change }), { message: expected });
    });
  }

  it('is alone with its files, and the next one may start when it is gone', async () => {
    const place = await mkdtemp(join(tmpdir(), 'devicepass-agent-'));
    const folder = join(place, 'backups');
    const first = await onlyOne(folder);
    await symlink(folder, join(place, 'link'));
    const tmp = process.env['TMPDIR'];
    for (const spelled of [folder, `${folder}/`, `${place}/./backups`, join(place, 'link')]) {
      await assert.rejects(onlyOne(spelled), /another agent works on/, spelled);
    }
    process.env['TMPDIR'] = place;
    try {
      await assert.rejects(onlyOne(folder), /another agent works on/, 'with a TMPDIR of its own');
    } finally {
      if (tmp === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = tmp;
    }
    await (await onlyOne(join(place, 'other'))).release();
    await first.release();
    assert.deepEqual(await readdir(folder), []);
    await (await onlyOne(join(place, 'link'))).release();
    await rm(place, { recursive: true });
  });

  it('finds room for its lock in a folder of a long name', async () => {
    const place = await mkdtemp(join(tmpdir(), 'devicepass-agent-'));
    const folder = join(place, 'a'.repeat(120));
    const first = await onlyOne(folder);
    await assert.rejects(onlyOne(folder), /another agent works on/);
    await first.release();
    await rm(place, { recursive: true });
  });

  it('takes the place of one that was killed', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'devicepass-agent-'));
    const module = JSON.stringify(new URL('../../src/agent/only-one.ts', import.meta.url).href);
    const program = `import(${module}).then(async ({ onlyOne }) => {
      await onlyOne(${JSON.stringify(folder)});
      process.kill(process.pid, 'SIGKILL');
    });`;
    const killed = spawn(process.execPath, ['--import', 'tsx', '-e', program]);
    assert.deepEqual(await once(killed, 'exit'), [null, 'SIGKILL']);
    assert.deepEqual(await readdir(folder), ['agent.sock'], 'it left its socket behind');
    await (await onlyOne(folder)).release();
    await rm(folder, { recursive: true });
  });

  it('refuses a folder without an AEM, and makes nothing there', async () => {
    const { native } = await sharedTemporal();
    const folder = await mkdtemp(join(tmpdir(), 'devicepass-agent-'));
    const settings = readAgentSettings({ ...good, AEM_HOST_INSTALL_DIR: folder });
    await assert.rejects(startAgent({ settings, connection: native, namespace: 'default' }), {
      name: 'ConfigError',
      message: `AEM_HOST_INSTALL_DIR is "${folder}": there is no folder crx-quickstart in it: give the folder that holds it, as a user that may read it`,
    });
    assert.deepEqual(await readdir(folder), []);
    await rm(folder, { recursive: true });
  });

  it('says which folder it can not write, in one line', async () => {
    await assert.rejects(onlyOne('/dev/null/backups'), {
      name: 'ConfigError',
      message: /^\/dev\/null\/backups can't be written \(ENOTDIR\): check AEM_HOST_BACKUP_DIR/,
    });
  });
});
