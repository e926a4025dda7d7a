import assert from 'node:assert/strict';
import { signInAsViewer } from '../../src/sandbox/index.ts';
import { eventually } from '../support/stack.ts';
import { gaps, pollsOf, report } from './polls.ts';
import {
  INTERVAL_MS,
  startSystem,
  type System,
  type WaitingDevice,
  waitingDevices,
} from './system.ts';
import { DEAD_AFTER_MS } from '../../src/workflows/activity-options.ts';
import { holderOfWait } from './who.ts';

/** Until a process that died is known to be dead, and those who waited there are called. */
const CALLED_WITHIN_MS = DEAD_AFTER_MS + 3_000;
const SLACK_MS = 1_000;
/** Between sending, three seconds apart, and arriving a busy machine may be late. */
const EARLY_MS = 250;
const DEVICES = 8;

describe('two workers, of which one goes away while devices wait', () => {
  let system: System;
  let devices: WaitingDevice[];
  beforeEach(async function () {
    this.timeout(300_000);
    system = await startSystem({ workers: 2 });
    devices = await waitingDevices(system, DEVICES);
  });
  afterEach(() => system.stop());

  it('goes on polling elsewhere soon after a crash, and the login is found', async function () {
    this.timeout(180_000);
    const { held, at } = await loseOne(async (worker) => worker.kill());
    const silences = await untilPolledAgain(held, at, CALLED_WITHIN_MS + 30_000);
    report('SIGKILL', { held: held.length, 'longest silence ms': Math.max(...silences) });
    assert.ok(Math.max(...silences) <= INTERVAL_MS + CALLED_WITHIN_MS, 'silent for too long');
    await allSignIn();
  });

  it('hands its waits over when it is told to stop, without missing a poll', async function () {
    this.timeout(120_000);
    let exit: { code: number | null; ms: number } | undefined;
    const { held, at } = await loseOne(async (worker) => {
      exit = await worker.terminate();
    });
    const silences = await untilPolledAgain(held, at, 30_000);
    report('SIGTERM', {
      held: held.length,
      'longest silence ms': Math.max(...silences),
      'exit code': String(exit?.code),
      'stopped after ms': exit?.ms ?? Number.NaN,
    });
    assert.equal(exit?.code, 0);
    assert.ok(exit.ms <= 10_000, 'stopped too late');
    assert.ok(Math.max(...silences) <= INTERVAL_MS + SLACK_MS, 'silent for too long');
    await allSignIn();
  });

  /** Ends the worker that holds the wait of the first device, once all devices have been polled for. */
  async function loseOne(
    lose: (worker: System['workers'][number]) => Promise<void>,
  ): Promise<{ held: WaitingDevice[]; at: number }> {
    const { sandbox } = system;
    await eventually(
      () => devices.every(({ code }) => pollsOf(sandbox, code).length >= 2),
      'every code is asked for twice',
      30_000,
    );
    const holders = await Promise.all(
      devices.map(async ({ tv }) => holderOfWait(system, tv.workflowId)),
    );
    const [worker] = holders;
    assert.ok(worker, 'somebody waits for the first device');
    const at = Date.now();
    await lose(worker);
    return { held: devices.filter((_device, index) => holders[index] === worker), at };
  }

  async function untilPolledAgain(
    held: readonly WaitingDevice[],
    since: number,
    withinMs: number,
  ): Promise<number[]> {
    const { sandbox } = system;
    await eventually(
      () => held.every(({ code }) => pollsOf(sandbox, code).filter((at) => at > since).length >= 3),
      'the codes of the lost worker are asked for again',
      withinMs,
    );
    return held.map(({ code }) => Math.max(...gaps(pollsOf(sandbox, code))));
  }

  /** Every viewer signs in; every device learns of it; nobody was asked too often on the way. */
  async function allSignIn(): Promise<void> {
    const { sandbox } = system;
    const nearest = Math.min(...devices.flatMap(({ code }) => gaps(pollsOf(sandbox, code))));
    report('polls', { 'least ms apart': nearest });
    assert.ok(nearest >= INTERVAL_MS - EARLY_MS, 'asked too often');
    await Promise.all(
      devices.map(async ({ tv, url }) => {
        await signInAsViewer(url);
        await eventually(
          async () => (await tv.view()).standing.status === 'signed-in',
          'the device learns of the login',
          15_000,
        );
      }),
    );
  }
});
