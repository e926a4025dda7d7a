import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { sharedTemporal, type Stack, startStack } from '../support/stack.ts';
import { devicepass } from './support.ts';

describe('the command for one device', function () {
  this.timeout(120_000);
  let stack: Stack;
  let address: string;
  before(async function () {
    this.timeout(360_000); // the first run may have to build a Temporal server
    address = (await sharedTemporal()).temporal.address;
    stack = await startStack();
  });
  after(async () => stack?.stop());

  const run = async (...args: string[]) =>
    devicepass(['device', ...args], {
      TEMPORAL_ADDRESS: address,
      DEVICEPASS_TASK_QUEUE: stack.config.taskQueue,
    });

  it('shows the workflow and where it stands, with the last error and calls, without keys', async () => {
    const id = `living room ${randomUUID()}`;
    const tv = stack.tv({ id });
    const standing = await tv.authenticate();
    assert.equal(standing.status, 'pending');
    stack.sandbox.faults.set({
      operation: 'createSession',
      kind: 'error',
      code: 'invalid_parameter_service_provider',
    });
    await assert.rejects(tv.authenticate({ restart: true }));
    const { exitCode, stdout } = await run('demo', id);
    assert.equal(exitCode, 0);
    const [workflowId, where, , error, empty, head, ...calls] = stdout.trimEnd().split('\n');
    assert.equal(workflowId, tv.workflowId);
    assert.match(where ?? '', /^(waits for a login with code [A-Z0-9]+ until 20|signed out \()/);
    assert.match(
      error ?? '',
      /^last error 20\S+ createSession: invalid_parameter_service_provider, /,
    );
    assert.equal(empty, '');
    assert.match(head ?? '', /^at +call +status +code +ms +about +trace$/);
    assert.ok(
      calls.some((line) => /createSession +200/.test(line)),
      stdout,
    );
    assert.ok(
      calls.some((line) => /createSession +400 +invalid_parameter/.test(line)),
      stdout,
    );
    assert.ok(!stdout.includes(id), 'the id itself is not repeated');

    const json = await run('demo', id, '--json');
    assert.equal(json.stdout.trimEnd().split('\n').length, 1);
    const parsed = JSON.parse(json.stdout) as { workflowId: string; calls: unknown[] };
    assert.equal(parsed.workflowId, tv.workflowId);
    assert.equal(parsed.calls.length, calls.length);
  });

  it('says how a viewer is let in where that is not by a sign-in', async () => {
    const id = randomUUID();
    stack.sandbox.degrade({ mvpd: 'SkyDish', kind: 'AuthNAll' });
    await stack.tv({ id }).authenticate({ mvpd: { id: 'SkyDish' } });
    const { stdout } = await run('demo', id);
    assert.match(stdout, /\nsigned in with SkyDish \(degraded\) until 20/);
  });

  it('says in one line that there is no such namespace', async () => {
    const { exitCode, stderr } = await devicepass(['device', 'demo', 'me'], {
      TEMPORAL_ADDRESS: address,
      TEMPORAL_NAMESPACE: 'nope',
    });
    assert.equal(exitCode, 1);
    assert.match(stderr, /^devicepass: TEMPORAL_NAMESPACE is "nope": there is no such[^\n]+\n$/);
  });

  it('says in one line that a device is not known', async () => {
    const { exitCode, stdout, stderr } = await run('demo', 'nobody');
    assert.deepEqual({ exitCode, stdout }, { exitCode: 1, stdout: '' });
    assert.match(
      stderr,
      /^devicepass: namespace default knows no device demo nobody \(device:[\w-]+:demo:[0-9a-f]{64}\): check app and id, as given to the client, and DEVICEPASS_TASK_QUEUE\n$/,
    );
  });
});
