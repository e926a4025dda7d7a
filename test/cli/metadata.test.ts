import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { encrypted, encryptedPkcs1, KeyFolder } from '../user-metadata/support.ts';
import { devicepass } from './support.ts';

const DEVICEPASS = fileURLToPath(new URL('../../bin/devicepass.js', import.meta.url));

describe('the command for user metadata [S2S-08]', () => {
  const folder = new KeyFolder();
  after(() => folder.remove());
  const current = folder.pair('current', { days: 100.5 });
  const backup = folder.pair('backup');
  const env = (keys: unknown[]) => ({
    DEVICEPASS_USER_METADATA: folder.settings({ apps: { tv: { scheme: 'rsa-oaep', keys } } }),
  });

  const tried = async (value: string, ...flags: string[]) => {
    const settings = env([current.files, backup.files]);
    const child = spawn(process.execPath, [DEVICEPASS, 'metadata', 'try', ...flags], {
      env: { ...process.env, ...settings },
    });
    const ended = once(child, 'exit');
    child.stdin.end(value);
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
    const [exitCode] = (await ended) as [number];
    return { exitCode, stdout: stdout.replaceAll(`${folder.path}/`, ''), stderr };
  };

  it('lists certificates, until when they hold, and what is wrong', async () => {
    const good = await devicepass(['metadata', 'certificates'], env([current.files]));
    assert.equal(good.exitCode, 0, good.stderr);
    assert.match(good.stdout, /current\.pem of app tv: rsa-oaep, until .* \(100 days\), with its/);
    const ended = folder.pair('ended', { days: -1.5 }).files;
    for (const keys of [[ended], [{ ...current.files, privateKeyFile: '/not/there' }]]) {
      const { exitCode, stdout } = await devicepass(['metadata', 'certificates'], env(keys));
      assert.equal(exitCode, 1, stdout);
    }
    const retired = env([{ ...ended, retired: true }]);
    const json = await devicepass(['metadata', 'certificates', '--json'], retired);
    assert.equal(json.exitCode, 0);
    assert.equal((JSON.parse(json.stdout) as { daysLeft: number }[])[0]?.daysLeft, -2);
  });

  it('says which settings it misses', async () => {
    const { exitCode, stderr } = await devicepass(['metadata', 'certificates']);
    assert.equal(exitCode, 1);
    assert.match(stderr, /^devicepass: DEVICEPASS_USER_METADATA is not set: [^\n]*\n$/);
  });

  it('finds out key and scheme of a value, and shows it only when told to', async () => {
    const value = encryptedPkcs1(backup.publicKey, '94107');
    const { exitCode, stdout } = await tried(`${value}\n`);
    assert.equal(exitCode, 0);
    assert.equal(stdout, 'rsa-pkcs1 with backup.pem of app tv\n');
    const shown = await tried(encrypted(current.publicKey, '94107'), '--show');
    assert.equal(shown.stdout, 'rsa-oaep with current.pem of app tv: "94107"\n');
    const strange = await tried(encrypted(folder.pair('stranger').publicKey, '94107'));
    assert.equal(strange.exitCode, 1);
    assert.match(strange.stderr, /^devicepass: none of 2 keys opens it by rsa-oaep, [^\n]*\n$/);
    assert.match((await tried('94107')).stderr, /neither a JWE nor a block of RSA/);
  });
});
