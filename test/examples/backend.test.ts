import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { signInAsViewer } from '../../src/sandbox/index.ts';
import { eventually, freshIp, sharedTemporal, type Stack, startStack } from '../support/stack.ts';

describe('examples/backend.ts, as the README shows it', () => {
  let stack: Stack;
  before(async function () {
    this.timeout(300_000);
    stack = await startStack();
  });
  after(() => stack.stop());

  it('is what stands in the README, line by line', () => {
    const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
    assert.ok(read('README.md').includes(read('examples/backend.ts')));
  });

  it('says in one line which setting is missing, and reads them from .env', () => {
    const folder = mkdtempSync(join(tmpdir(), 'devicepass-backend-'));
    const { DEVICEPASS_KEYS: _keys, NODE_OPTIONS: _options, ...env } = process.env;
    const started = () => {
      const program = fileURLToPath(new URL('../../examples/backend.ts', import.meta.url));
      const tsx = fileURLToPath(new URL('../../node_modules/.bin/tsx', import.meta.url));
      const options = { cwd: folder, env, encoding: 'utf8' } as const;
      const { status, stderr } = spawnSync(tsx, [program], options);
      return { status, stderr };
    };
    try {
      const line = 'keys: no key: make one with `devicepass keys generate`\n';
      assert.deepEqual(started(), { status: 1, stderr: line });
      writeFileSync(join(folder, '.env'), 'DEVICEPASS_KEYS=one\n');
      assert.match(started().stderr, /^keys: entry 1 is not "id:secret" [^\n]*\n$/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }).timeout(60_000);

  it('goes from a device to a media token [S2S-11] [S2S-24]', async () => {
    const { temporal } = await sharedTemporal();
    const child = spawn(process.execPath, ['--import', 'tsx', 'examples/backend.ts'], {
      env: {
        ...process.env,
        TEMPORAL_ADDRESS: temporal.address,
        DEVICEPASS_KEYS: stack.keys.export(),
        DEVICEPASS_TASK_QUEUE: stack.config.taskQueue,
        APP: 'demo',
        DEVICE_ID: randomUUID(),
        RESOURCE: 'REF30',
        RETURN_URL: 'http://127.0.0.1:9/return',
      },
    });
    let output = '';
    child.stdout.on('data', (text: Buffer) => (output += text.toString()));
    child.stderr.on('data', (text: Buffer) => (output += text.toString()));
    const exited = once(child, 'exit');
    try {
      const code = await eventually(() => /TV: (\S+)/.exec(output)?.[1], 'a code to show');
      const phone = stack.pass.secondScreen(code, { app: stack.activation, ip: freshIp() });
      const [provider] = await phone.providers();
      assert.ok(provider);
      const chosen = await phone.choose(provider);
      assert.equal(chosen.status, 'pending');
      await signInAsViewer(chosen.url ?? '');
      await Promise.race([
        exited,
        eventually(() => output.includes('Media token'), `a media token in ${output}`),
      ]);
      const [exitCode] = await exited;
      assert.equal(exitCode, 0, output);
      assert.match(output, /Signed in with NorthCable\nMedia token: \S+/);
    } finally {
      child.kill('SIGKILL');
    }
  });
});
