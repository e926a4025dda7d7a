import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
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
