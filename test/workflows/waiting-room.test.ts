import assert from 'node:assert/strict';
import { NativeConnection } from '@temporalio/worker';
import { signInAsViewer } from '../../src/sandbox/index.ts';
import { waitingRoomWorkflowId } from '../../src/device-identity.ts';
import { type RunningWorker, startWorker } from '../../src/worker.ts';
import { ROOM } from '../../src/workflows/search-attributes.ts';
import { eventually, sharedTemporal, type Stack, startStack } from '../support/stack.ts';
import { errorOf, eventsOf, newTv, showCode, type Tv, untilStatus } from './support.ts';

const INTERVAL_MS = 1_000;
/** Which of two workers takes a task is chance: so many devices until one goes to the other. */
const MOST_DEVICES = 24;

describe('a device whose workflow runs in another process than its waiting room', () => {
  let stack: Stack;
  let other: RunningWorker;
  let connection: NativeConnection;
  before(async function () {
    this.timeout(300_000);
    stack = await startStack({
      sandbox: { throttle: false },
      config: { pollIntervalMs: INTERVAL_MS },
    });
    const { temporal, bundle } = await sharedTemporal();
    // As another process would: one connection has one worker of a queue.
    connection = await NativeConnection.connect({ address: temporal.address });
    other = await startWorker({
      config: stack.config,
      apps: stack.apps,
      keys: stack.keys,
      connection,
      namespace: 'default',
      workflowBundle: bundle,
    });
  });
  after(async () => {
    await other.stop();
    await connection.close();
    await stack.stop();
  });

  /** Shows a code, and has the next task of the workflow go to whoever comes first. */
  async function waiting(): Promise<{ device: Tv; url: string }> {
    const device = newTv(stack);
    const { url } = await showCode(device.tv);
    const { tv, sent } = device;
    await eventually(() => sent('profileByCode').length > 0, 'polled for');
    await stack.client.workflowService.resetStickyTaskQueue({
      namespace: 'default',
      execution: { workflowId: tv.workflowId },
    });
    return { device, url };
  }

  it('is polled for no more once nobody wants the code', async () => {
    for (let tries = 0; tries < MOST_DEVICES; tries += 1) {
      const { device } = await waiting();
      const { tv, sent } = device;
      await tv.abandon();
      await new Promise((resolve) => setTimeout(resolve, INTERVAL_MS / 2));
      const before = sent('profileByCode').length;
      await new Promise((resolve) => setTimeout(resolve, 1.5 * INTERVAL_MS));
      assert.equal(sent('profileByCode').length, before);
      const events = await eventsOf(stack, tv);
      if (events.includes('ACTIVITY_TASK_SCHEDULED')) return; // it was told so in its own room
    }
    assert.fail(`${MOST_DEVICES} devices were all left in their own process`);
  });

  it('asks Adobe itself for what its room has found', async () => {
    for (let tries = 0; tries < MOST_DEVICES; tries += 1) {
      const { device, url } = await waiting();
      const { tv, sent } = device;
      await signInAsViewer(url);
      const { calls } = await untilStatus(tv, 'signed-in', 15_000);
      assert.ok(calls.some(({ operation }) => operation === 'profileByCode'));
      const found = sent('profileByCode').length;
      const told = calls.filter(({ operation }) => operation === 'profileByCode').length;
      if (told < found) return; // it knows of its own question only
    }
    assert.fail(`${MOST_DEVICES} devices were all in their own process`);
  });
});

describe('a device whose room is gone', () => {
  let stack: Stack;
  before(async function () {
    this.timeout(300_000);
    stack = await startStack({
      sandbox: { throttle: false },
      config: { pollIntervalMs: INTERVAL_MS },
    });
  });
  after(() => stack.stop());

  it('waits in the next one, with the same code', async () => {
    const { tv, sent } = newTv(stack);
    const { code, url } = await showCode(tv);
    const handle = stack.client.workflow.getHandle(tv.workflowId);
    const roomOf = async () => (await handle.describe()).typedSearchAttributes.get(ROOM);
    const before = await roomOf();
    assert.ok(before);
    await stack.redeploy();
    await eventually(async () => (await roomOf()) !== before, 'it has moved', 20_000);
    const polled = sent('profileByCode').length;
    await eventually(() => sent('profileByCode').length > polled, 'polled for');
    const { standing } = await tv.view();
    assert.ok(standing.status === 'pending' && standing.code === code);
    await signInAsViewer(url);
    await untilStatus(tv, 'signed-in');
    assert.equal(await roomOf(), undefined, 'who is signed in waits nowhere');
  });

  it('is told so once: a late word of the same room moves it no more', async () => {
    const { tv } = newTv(stack);
    await showCode(tv);
    const handle = stack.client.workflow.getHandle(tv.workflowId);
    const before = (await eventsOf(stack, tv)).length;
    await handle.signal('roomClosed', { room: 'another.1', silentSince: Date.now() });
    await handle.signal('waitOver', { code: 'ANOTHER' });
    await eventually(async () => {
      const events = await eventsOf(stack, tv);
      return events.at(-1) === 'WORKFLOW_TASK_COMPLETED' && events.length > before;
    }, 'both are heard');
    assert.ok(!(await eventsOf(stack, tv)).slice(before).includes('MARKER_RECORDED'));
  });

  it('asks Adobe when somebody says without reason that its wait is over, and waits on', async () => {
    const { tv, sent } = newTv(stack);
    const { code, url } = await showCode(tv);
    await stack.client.workflow.getHandle(tv.workflowId).signal('waitOver', { code });
    await eventually(() => sent('profileByCode').length > 0, 'asked');
    const polled = sent('profileByCode').length;
    await eventually(() => sent('profileByCode').length > polled + 1, 'polled for');
    await signInAsViewer(url);
    await untilStatus(tv, 'signed-in');
  });

  it('is called into the room again where its process was taken for dead, and lives', async function () {
    this.timeout(90_000);
    const device = newTv(stack);
    const { code, url } = await showCode(device.tv);
    const handle = stack.client.workflow.getHandle(device.tv.workflowId);
    const roomOf = async () => (await handle.describe()).typedSearchAttributes.get(ROOM) ?? '';
    const before = await roomOf();
    const { taskQueue } = stack.config;
    const watched = stack.client.workflow.getHandle(waitingRoomWorkflowId(taskQueue, before));
    await watched.terminate('taken for dead');
    await eventually(async () => (await roomOf()) !== before, 'a new name', 60_000);
    assert.equal((await roomOf()).split('.')[0], before.split('.')[0], 'of the same process');
    const { status } = await stack.client.workflow
      .getHandle(waitingRoomWorkflowId(taskQueue, await roomOf()))
      .describe();
    assert.equal(status.name, 'RUNNING', 'watched over again');
    await polledOn(device, 'polled for');
    const { standing } = await device.tv.view();
    assert.ok(standing.status === 'pending' && standing.code === code);
    await signInAsViewer(url);
    await untilStatus(device.tv, 'signed-in');
  });

  const polledOn = async ({ sent }: Tv, what: string) => {
    const polled = sent('profileByCode').length;
    await eventually(() => sent('profileByCode').length > polled + 1, what);
  };

  it('is polled for on when a request comes to nothing', async () => {
    const device = newTv(stack);
    const { tv, options } = device;
    const { code } = await showCode(tv);
    // Adobe says that no login is needed, and then that there is nothing left of the trial.
    const refusal = 'temporary_access_duration_limit_exceeded';
    const { ip } = options;
    stack.sandbox.faults.set({
      operation: 'profileByMvpd',
      kind: 'error',
      code: refusal,
      ip,
      times: 9,
    });
    await errorOf(tv.authenticate({ mvpd: { id: 'TempPass_Preview' } }));
    stack.sandbox.faults.clear();
    const { standing } = await tv.view();
    assert.ok(standing.status === 'pending' && standing.code === code);
    await polledOn(device, 'polled for on');
  });

  it('is polled for with its newest code where it was called away in the same moment', async () => {
    const device = newTv(stack);
    const { tv, sent, options } = device;
    await showCode(tv);
    const handle = stack.client.workflow.getHandle(tv.workflowId);
    const room = (await handle.describe()).typedSearchAttributes.get(ROOM);
    const operation = 'profileByCode';
    await eventually(() => sent(operation).length > 0, 'polled for');
    stack.sandbox.faults.set({ operation, kind: 'latency', ms: 1_200, ip: options.ip, times: 2 });
    await tv.browserReturned(); // busy with it, the workflow takes both of these in one task
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    const again = tv.authenticate({ restart: true });
    await new Promise((resolve) => setTimeout(resolve, 50));
    await handle.signal('roomClosed', { room, silentSince: 0 });
    const standing = await again;
    assert.ok(standing.status === 'pending');
    const polled = () => sent(operation).filter(({ path }) => path.endsWith(standing.code)).length;
    await eventually(() => polled() > 1, 'the new code is polled for');
  });
});

describe('a device that is called away again and again', () => {
  const LONG_MS = 6_000;
  let stack: Stack;
  before(async function () {
    this.timeout(300_000);
    stack = await startStack({ sandbox: { throttle: false }, config: { pollIntervalMs: LONG_MS } });
  });
  after(() => stack.stop());

  it('is polled for no more often', async () => {
    const { tv, sent } = newTv(stack);
    await showCode(tv);
    const handle = stack.client.workflow.getHandle(tv.workflowId);
    const room = (await handle.describe()).typedSearchAttributes.get(ROOM);
    const silentSince = Date.now() - 60_000;
    await eventually(() => sent('profileByCode').length > 0, 'polled for', 15_000);
    for (let time = 0; time < 4; time += 1) {
      await handle.signal('roomClosed', { room, silentSince });
      await new Promise((resolve) => setTimeout(resolve, 1_100));
    }
    const polls = sent('profileByCode').length;
    assert.ok(polls <= 2, `${polls} polls in less than two intervals`);
  });
});

describe('a device that finds no room, for its token can not be renewed', () => {
  let stack: Stack;
  before(async function () {
    this.timeout(300_000);
    // The token is due two seconds after it was given; no poll renews it before.
    stack = await startStack({
      sandbox: { throttle: false, accessTokenLifeMs: 62_000 },
      config: { pollIntervalMs: 20_000 },
    });
  });
  after(() => stack.stop());

  it('hears of a browser that comes back at once, and not only when it tries again', async () => {
    const { tv, options, sent } = newTv(stack);
    const { url } = await showCode(tv);
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    const { ip } = options;
    stack.sandbox.faults.set({ operation: 'token', kind: 'status', status: 503, ip, times: 9 });
    const handle = stack.client.workflow.getHandle(tv.workflowId);
    const room = (await handle.describe()).typedSearchAttributes.get(ROOM);
    await handle.signal('roomClosed', { room, silentSince: Date.now() });
    await eventually(
      async () => (await tv.view()).lastError?.operation === 'token',
      'it finds no room',
    );
    stack.sandbox.faults.clear();
    await signInAsViewer(url);
    const from = Date.now();
    await tv.browserReturned();
    await untilStatus(tv, 'signed-in');
    assert.ok(Date.now() - from < 3_500, `${Date.now() - from} ms`);
    assert.equal(sent('profileByCode').length, 1);
  });
});
