import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readServiceTokens } from '../../src/client.ts';
import { devicepass } from './support.ts';

describe('the command for service tokens', () => {
  const folder = mkdtempSync(join(tmpdir(), 'devicepass-service-token-'));
  after(() => rmSync(folder, { recursive: true }));

  it('makes a key whose public half goes to Adobe, and tokens with it [SSO-04]', async () => {
    const out = join(folder, 'key.pem');
    const made = await devicepass(['service-token', 'key', '--out', out]);
    assert.equal(made.exitCode, 0, made.stderr);
    assert.match(made.stdout, /^-----BEGIN PUBLIC KEY-----\n[^]*-----END PUBLIC KEY-----\n$/);
    assert.match(made.stderr, /kid [\w-]{43}/);
    assert.equal(statSync(out).mode & 0o777, 0o600);
    assert.match(readFileSync(out, 'utf8'), /BEGIN PRIVATE KEY/);
    const again = await devicepass(['service-token', 'key', '--out', out]);
    assert.equal(again.exitCode, 1);
    assert.match(again.stderr, /^devicepass: --out .* \(EEXIST\)[^\n]*\n$/);

    const env = {
      DEVICEPASS_SERVICE_TOKEN_ISSUER: 'identity.example.com',
      DEVICEPASS_SERVICE_TOKEN_KEY: out,
    };
    const { stdout } = await devicepass(['service-token', 'make', '--sub', 'viewer-1'], env);
    const who = await readServiceTokens(env)?.verified(stdout.trim());
    assert.equal(who?.subject, 'viewer-1');
  });

  it('says which settings it misses', async () => {
    const { exitCode, stderr } = await devicepass(['service-token', 'make', '--sub', 'x']);
    assert.equal(exitCode, 1);
    assert.match(
      stderr,
      /^devicepass: no tokens are made here: set DEVICEPASS_SERVICE_TOKEN_[^\n]*\n$/,
    );
  });
});
