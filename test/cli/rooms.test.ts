import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { NativeConnection } from '@temporalio/worker';
import { DEVICES_PER_WORKER, needOf, type Rooms } from '../../src/cli/rooms.ts';
import { type RunningWorker, startWorker } from '../../src/worker.ts';
import { eventually, sharedTemporal, type Stack, startStack } from '../support/stack.ts';
import { devicepass } from './support.ts';

const DEVICEPASS = fileURLToPath(new URL('../../bin/devicepass.js', import.meta.url));
const WAITING = 5;

describe('the command for rooms', function () {
  this.timeout(120_000);
  let stack: Stack;
  let env: Record<string, string>;
  before(async function () {
    this.timeout(360_000); // the first run may have to build a Temporal server
    const { temporal } = await sharedTemporal();
    stack = await startStack({ sandbox: { throttle: false }, config: { pollIntervalMs: 60_000 } });
    env = { TEMPORAL_ADDRESS: temporal.address, DEVICEPASS_TASK_QUEUE: stack.config.taskQueue };
    for (let device = 0; device < WAITING; device += 1) await stack.tv().authenticate();
  });
  after(async () => stack?.stop());

  const rooms = async (...args: string[]) => devicepass(['rooms', ...args], env);
  /** Until the rooms are as wanted: heartbeats and searching are late by seconds. */
  const settled = async (what: string, wanted: (found: Rooms) => boolean, ...args: string[]) =>
    eventually(
      async () => {
        const { exitCode, stdout } = await rooms('--json', ...args);
        if (exitCode !== 0) return undefined;
        const found = JSON.parse(stdout) as Rooms;
        return wanted(found) && found;
      },
      what,
      60_000,
    );

  it('says which worker waits for how many devices, and how many workers are wanted', async () => {
    const startedAt = Date.now();
    const found = await settled('all wait', ({ waiting }) => waiting === WAITING);
    const [room, ...more] = found.rooms;
    assert.ok(room && more.length === 0);
    assert.match(room.room, /^\d+-[0-9a-f]{8}\.1$/);
    assert.match(room.worker, new RegExp(`^${process.pid}@`));
    assert.ok(room.since < startedAt && room.heardOf > room.since);
    assert.deepEqual(
      [found.taskQueue, found.devicesPerWorker, found.wanted],
      [stack.config.taskQueue, DEVICES_PER_WORKER, 2],
    );
    const { wanted } = await settled('again', () => true, '--devices-per-worker', '2');
    assert.equal(wanted, 3);
  });

  it('says the same to people', async () => {
    await settled('all wait', ({ waiting }) => waiting === WAITING);
    const { exitCode, stdout } = await rooms('--devices-per-worker', '2');
    assert.equal(exitCode, 0);
    const [head, row, empty, all] = stdout.split('\n');
    assert.match(head ?? '', /^room +worker +since +waiting +heard of$/);
    assert.match(row ?? '', /^\d+-[0-9a-f]{8}\.1 +\d+@\S+ +20\S+Z +5 +\d+\.\d s ago$/);
    assert.deepEqual(
      [empty, all],
      ['', '1 room, 5 waiting: 3 workers wanted, with 2 devices each'],
    );
  });

  it('has a room for each worker while it runs, and none after', async () => {
    const { temporal, bundle } = await sharedTemporal();
    const connection = await NativeConnection.connect({ address: temporal.address });
    let other: RunningWorker | undefined;
    try {
      other = await startWorker({
        config: stack.config,
        apps: stack.apps,
        keys: stack.keys,
        connection,
        namespace: 'default',
        workflowBundle: bundle,
      });
      const two = await settled('two rooms', (found) => found.rooms.length === 2);
      assert.deepEqual(
        two.rooms.map(({ waiting = -1 }) => waiting).sort((one, more) => one - more),
        [0, WAITING],
        'who waits stays where it is',
      );
    } finally {
      await other?.stop();
      await connection.close();
    }
    // Its workflow goes on for ten minutes, to call those who waited there.
    await settled('one room', (found) => found.rooms.length === 1 && found.waiting === WAITING);
  });

  it('forgets who waits no more', async () => {
    const tv = stack.tv();
    await tv.authenticate();
    await settled('one more', ({ waiting }) => waiting === WAITING + 1);
    await tv.abandon();
    await settled('as before', ({ waiting }) => waiting === WAITING);
  });

  it('says in one line that there is none: an autoscaler must not take that for nobody', async () => {
    const nowhere = { ...env, DEVICEPASS_TASK_QUEUE: 'nowhere "at all"' };
    const { exitCode, stdout, stderr } = await devicepass(['rooms', '--json'], nowhere);
    assert.deepEqual({ exitCode, stdout }, { exitCode: 1, stdout: '' });
    assert.equal(
      stderr,
      'devicepass: no worker of task queue nowhere "at all" has an open room in namespace default: is one running? Check DEVICEPASS_TASK_QUEUE\n',
    );
  });

  it('says in one line that there is no such namespace', async () => {
    const { exitCode, stderr } = await devicepass(['rooms'], {
      ...env,
      TEMPORAL_NAMESPACE: 'nowhere',
    });
    assert.equal(exitCode, 1);
    assert.match(stderr, /^devicepass: TEMPORAL_NAMESPACE is "nowhere": there is no such .*\n$/);
  });

  describe('that answers an autoscaler', () => {
    let child: ChildProcess | undefined;
    afterEach(async () => {
      if (!child || child.exitCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    });

    async function listening(more: Record<string, string> = {}): Promise<string> {
      const { PATH, HOME } = process.env;
      const running = spawn(process.execPath, [DEVICEPASS, 'rooms', '--listen', '0'], {
        env: { PATH, HOME, ...env, ...more },
      });
      child = running;
      let printed = '';
      running.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text));
      await eventually(() => printed.includes('Ctrl+C stops it.'), 'it listens', 30_000);
      return /^Rooms at (\S+)$/m.exec(printed)?.[1] ?? assert.fail(printed);
    }

    it('has the same JSON, anew each time, and stops when told', async () => {
      const url = await listening();
      const response = await fetch(url);
      assert.equal(response.status, 200);
      const { waiting } = (await response.json()) as Rooms;
      assert.equal(waiting, WAITING);
      assert.equal((await fetch(new URL('elsewhere', url))).status, 404);
      assert.equal((await fetch(url, { method: 'POST' })).status, 404);
      child?.kill('SIGTERM');
      assert.deepEqual(await once(child ?? assert.fail(), 'exit'), [0, null]);
    });

    it('has no answer where there is none, and goes on', async () => {
      const url = await listening({ DEVICEPASS_TASK_QUEUE: 'nowhere' });
      for (const again of [1, 2]) {
        const response = await fetch(url);
        assert.equal(response.status, 503, String(again));
        const { error } = (await response.json()) as { error: string };
        assert.match(error, /^no worker of task queue nowhere /);
      }
    });
  });
});

describe('how many workers are wanted', () => {
  const wanted = (...waiting: (number | undefined)[]) =>
    needOf(
      waiting.map((count) => (count === undefined ? {} : { waiting: count })),
      1_000,
    );

  it('is as many as hold all who wait, and two at least', () => {
    assert.equal(wanted(0).wanted, 2);
    assert.equal(wanted(2_000, 1_000).wanted, 3);
    assert.equal(wanted(2_000, 1_001).wanted, 4);
  });

  it('takes a room that does not tell for a full one', () => {
    assert.deepEqual(wanted(2_000, undefined, 600), {
      waiting: 2_600,
      devicesPerWorker: 1_000,
      wanted: 4,
    });
  });
});
