import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { connect, type DevicePass, KeyRing } from '../../src/client.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { startWorkerProcess, type WorkerProcess } from '../secrets/worker-process.ts';
import { eventually, FACTS, freshIp, sharedTemporal } from '../support/stack.ts';

const WARN = 40;

describe("a worker's log", () => {
  let sandbox: Sandbox;
  let worker: WorkerProcess;
  let pass: DevicePass;
  let stopped = false;
  before(async function () {
    this.timeout(360_000); // the first run may have to build a Temporal server
    const { temporal, client } = await sharedTemporal();
    sandbox = await startSandbox();
    const keys = KeyRing.generate();
    const taskQueue = `log-${randomUUID()}`;
    const app = {
      softwareStatement: sandbox.softwareStatement(),
      serviceProvider: 'REF30',
      domainName: 'example.com',
      redirectUrl: 'http://127.0.0.1:9/done',
    };
    worker = await startWorkerProcess(
      { demo: app },
      {
        ADOBE_PASS_URL: sandbox.url,
        DEVICEPASS_KEYS: keys.export(),
        DEVICEPASS_TASK_QUEUE: taskQueue,
        DEVICEPASS_LOG_LEVEL: 'info',
        DEVICEPASS_POLL_INTERVAL_MS: '3000',
        TEMPORAL_ADDRESS: temporal.address,
      },
    );
    pass = await connect({ keys, temporal: client, taskQueue });
  });
  after(async () => {
    await pass?.close();
    if (!stopped) await worker?.stop();
    await sandbox?.stop();
  });

  type Line = Record<string, unknown>;
  const lines = (): Line[] =>
    worker
      .written()
      .split('\n')
      .filter((line) => line.startsWith('{') && line.endsWith('}'))
      .map((line) => JSON.parse(line) as Line);
  const line = async (wanted: (line: Line) => boolean) =>
    eventually(() => lines().find(wanted), `such a line in ${worker.written()}`);
  const faults = async () => {
    const state = await fetch(`${sandbox.url}/_sandbox/state`);
    return ((await state.json()) as { faults: object[] }).faults;
  };
  const tv = () => pass.device({ app: 'demo', id: randomUUID(), facts: FACTS, ip: freshIp() });

  it('warns of nothing at a start that has nothing wrong', async () => {
    await line(({ msg }) => msg === 'worker runs');
    await tv().authenticate();
    const warned = lines().filter(({ level }) => Number(level) >= WARN);
    assert.deepEqual(warned, []);
  });

  it('tells of a failed call what one searches for', async () => {
    const device = tv();
    sandbox.faults.set({
      operation: 'createSession',
      kind: 'error',
      code: 'invalid_parameter_redirect_url',
    });
    await assert.rejects(device.authenticate());
    const { code, action, status, trace, level, ...rest } = await line(
      ({ msg, workflowId }) =>
        msg === 'call to Adobe Pass failed' && workflowId === device.workflowId,
    );
    assert.deepEqual([level, code, status], [WARN, 'invalid_parameter_redirect_url', 400]);
    assert.equal(typeof action, 'string');
    assert.match(String(trace), /^[0-9a-f-]{36}$/);
    assert.match(String(rest['error']), /^Adobe Pass createSession: 400 /);
    assert.ok(!('taskToken' in rest), 'no task token');
  });

  it('names the workflow whose task could not be completed', async () => {
    const device = tv();
    await device.authenticate();
    sandbox.faults.set({ operation: 'createSession', kind: 'latency', ms: 1_000 });
    const asked = device.authenticate({ restart: true }).catch(() => {});
    await eventually(async () => (await faults()).length === 0, 'Adobe is asked');
    const { client } = await sharedTemporal();
    await client.workflow.getHandle(device.workflowId).terminate();
    await asked;
    const found = await line(({ msg }) => msg === 'Task not found when completing');
    assert.equal(found['sdkComponent'], 'core');
    assert.equal(found['workflowId'], device.workflowId);
    assert.equal(typeof found['workflowRunId'], 'string');
    assert.match(String(found['error']), /not found/);
    assert.ok(!('completion' in found || 'spanContexts' in found), JSON.stringify(found));
  });

  it('is free of warnings for devices that wait while the worker is stopped', async () => {
    const device = tv();
    await device.authenticate();
    await eventually(
      () => sandbox.requests.some(({ operation }) => operation === 'profileByCode'),
      'the device waits',
    );
    const before = lines().length;
    stopped = true;
    await worker.stop();
    const warnings = lines()
      .slice(before)
      .filter(({ level }) => Number(level) >= WARN);
    assert.deepEqual(warnings, []);
    assert.ok(lines().some(({ msg }) => msg === 'worker stopped'));
  });
});
