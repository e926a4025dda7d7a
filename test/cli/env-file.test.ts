import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const bin = fileURLToPath(new URL('../../bin/devicepass.js', import.meta.url));

describe('a file .env in the working folder', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'devicepass-env-'));
    writeFileSync(join(folder, '.env'), 'ADOBE_PASS_URL=not-a-host\n');
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const worker = (env: Record<string, string>) => {
    const { ADOBE_PASS_URL: _host, ...rest } = process.env;
    const options = { cwd: folder, env: { ...rest, ...env }, encoding: 'utf8' } as const;
    const { status, stderr } = spawnSync(process.execPath, [bin, 'worker'], options);
    assert.equal(status, 1);
    return stderr;
  };

  it('is read by the worker', () => {
    assert.match(worker({}), /ADOBE_PASS_URL is "not-a-host"/);
  }).timeout(30_000);

  it('gives way to the environment', () => {
    assert.match(worker({ ADOBE_PASS_URL: 'ftp://x' }), /ADOBE_PASS_URL is "ftp:\/\/x"/);
  }).timeout(30_000);
});
