import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, type DevicePass, type Standing } from '../../src/client.ts';
import type { ClientContext } from '../../src/client/context.ts';
import {
  Deliveries,
  type DeliveryTimes,
  type DeliveryWorker,
} from '../../src/client/deliveries.ts';
import { deliveryWorker } from '../../src/client/delivery-worker.ts';
import { DeviceClient } from '../../src/client/device.ts';
import { signInAsViewer } from '../../src/sandbox/index.ts';
import { eventually, FACTS, freshIp, type Stack, startStack } from '../support/stack.ts';

const NEVER = 3_600_000;
const TIMES: DeliveryTimes = {
  tick: 20,
  stalledAfter: NEVER,
  spread: 50,
  checkEvery: NEVER,
  restartAfter: 50,
};

/** A process that watches, whose ears and worker can be taken away. */
interface Process {
  deaf: boolean;
  /** Workers started so far. */
  started: number;
  /** Ends the worker with an error. Another begins only once the promise is fulfilled. */
  breakWorker: (mayBeginAnew: Promise<void>) => void;
  tv: DeviceClient;
  /** The same TV for somebody who waits for three seconds at most. */
  hasty: DeviceClient;
  stop: () => Promise<void>;
}

describe('a watch that its device has forgotten', () => {
  let stack: Stack;
  let pass: DevicePass;
  const processes: Process[] = [];
  before(async function () {
    this.timeout(300_000); // the first run may have to build a Temporal server
    stack = await startStack();
    pass = await connect({
      keys: stack.keys,
      temporal: stack.client,
      taskQueue: stack.config.taskQueue,
    });
  });
  afterEach(() => Promise.all(processes.splice(0).map((process) => process.stop())));
  after(async () => {
    await pass.close();
    await stack.stop();
  });

  function startProcess(
    times: Partial<DeliveryTimes>,
    id: string,
    { ip = freshIp(), gate = Promise.resolve() } = {},
  ): Process {
    let breaking = () => {};
    const make: DeliveryWorker = async (taskQueue, activities) => {
      await gate;
      const real = deliveryWorker(stack.client, { keys: stack.keys, temporal: stack.client });
      const { worker, close } = await real(taskQueue, {
        deliver: async (change) =>
          process.deaf ? { listening: false } : activities.deliver(change),
      });
      process.started += 1;
      let broken = false;
      breaking = () => {
        broken = true;
        worker.shutdown();
      };
      const run = async () => {
        await worker.run();
        if (broken) throw new Error('a worker broke');
      };
      const shutdown = () => worker.shutdown();
      return { worker: { run, shutdown, getState: () => worker.getState() }, close };
    };
    const deliveries = new Deliveries(make, { ...TIMES, ...times });
    const context: ClientContext = {
      temporal: stack.client,
      keys: stack.keys,
      taskQueue: stack.config.taskQueue,
      answerWithinMs: 8_000,
      deliveries,
      underWay: new Set(),
    };
    const options = { app: 'demo', id, facts: FACTS, ip };
    const process: Process = {
      deaf: false,
      started: 0,
      breakWorker(mayBeginAnew) {
        gate = mayBeginAnew;
        breaking();
      },
      tv: new DeviceClient(context, options),
      hasty: new DeviceClient({ ...context, answerWithinMs: 3_000 }, options),
      stop: () => deliveries.stop(),
    };
    processes.push(process);
    return process;
  }

  /** The device is signed in, and the process has heard nothing of it. */
  async function missASignIn(
    times: Partial<DeliveryTimes>,
    goDeaf: (process: Process) => void,
  ): Promise<{ process: Process; signedIn: Promise<Standing>; next: () => Promise<Standing> }> {
    const id = randomUUID();
    const process = startProcess(times, id);
    const here = pass.device({ app: 'demo', id, facts: FACTS, ip: freshIp() });
    const watched = process.tv.watch();
    const next = async () => {
      const { value } = await watched.next();
      assert.ok(value, 'the watch goes on');
      return value;
    };
    const waiting = await here.authenticate({ mvpd: { id: 'NorthCable' } });
    assert.ok(waiting.status === 'pending' && waiting.url);
    assert.deepEqual(await next(), waiting);
    const signedIn = next();
    goDeaf(process);
    await signInAsViewer(waiting.url);
    await here.browserReturned();
    await eventually(async () => {
      const { standing, watchers } = await here.view();
      return standing.status === 'signed-in' && watchers === 0;
    }, 'signed in, and nobody is told');
    return { process, signedIn, next };
  }

  /** What was missed is told, and the device tells of changes again. */
  async function hearsAgain({
    process: { tv },
    signedIn,
    next,
  }: Awaited<ReturnType<typeof missASignIn>>): Promise<void> {
    assert.equal((await signedIn).status, 'signed-in');
    assert.equal((await tv.view()).watchers, 1);
    const signedOut = next();
    await tv.logout();
    assert.equal((await signedOut).status, 'signed-out');
  }

  const goDeaf = (process: Process) => {
    process.deaf = true;
  };

  it('hears again soon after its process stood still', async () => {
    const missed = await missASignIn({ stalledAfter: 300 }, goDeaf);
    missed.process.deaf = false;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
    await hearsAgain(missed);
  });

  it('hears again when it asks, as it does now and then', async () => {
    const missed = await missASignIn({ checkEvery: 2_000 }, goDeaf);
    missed.process.deaf = false;
    await hearsAgain(missed);
  });

  it('hears again after its worker broke, though nobody else begins to watch', async () => {
    let beginAnew = () => {};
    const mayBeginAnew = new Promise<void>((resolve) => {
      beginAnew = resolve;
    });
    const missed = await missASignIn({}, (process) => process.breakWorker(mayBeginAnew));
    assert.equal(missed.process.started, 1);
    beginAnew();
    await hearsAgain(missed);
    assert.equal(missed.process.started, 2);
  });

  it('hears of a code that came too late for whoever asked for it', async function () {
    this.timeout(60_000);
    const ip = freshIp();
    const process = startProcess({}, randomUUID(), { ip });
    const watched = process.tv.watch();
    assert.equal((await watched.next()).value?.status, 'signed-out');
    const toldOf = async (status: string) => {
      for await (const standing of watched) if (standing.status === status) return standing;
      return undefined;
    };
    const told = toldOf('pending');
    // So slow that the watch is registered while the request is under way, which then names it too.
    stack.sandbox.faults.set({ operation: '*', kind: 'latency', ms: 2_200, times: 2, ip });
    await assert.rejects(process.hasty.authenticate(), { code: 'no_answer' });
    const silence = sleep(10_000, undefined, { ref: false });
    assert.ok(await Promise.race([told, silence]), 'told of the code');
  });

  it('begins with a request that has its whole time, however long the worker took to start', async () => {
    const ip = freshIp();
    const process = startProcess({}, randomUUID(), { ip, gate: sleep(2_000) });
    stack.sandbox.faults.set({ operation: 'register', kind: 'latency', ms: 1_800, ip });
    const watched = process.hasty.watch({ authenticate: {} });
    assert.equal((await watched.next()).value?.status, 'pending');
    await watched.return();
  });
});
