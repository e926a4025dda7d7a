import { setTimeout as sleep } from 'node:timers/promises';
import { type DeviceClient, DevicePassError, type DevicePass } from '../src/client.ts';
import { gaps, quantile } from '../test/faults/polls.ts';
import { inParallel } from '../test/faults/system.ts';
import { readOptions } from './options.ts';
import { type Backend, onProcesses } from './processes.ts';
import { type Figures, itsTurn, progress, report } from './report.ts';
import type { ForkedSandbox } from './sandbox.ts';
import { aSecond, each } from './spent.ts';
import { newTv } from './tv.ts';

/** The user's choice: Adobe recommends less. */
export const INTERVAL_MS = 15_000;
const ATTEMPTS = 5;
/** The share of workflow tasks and requests that may wait: more devices at once gain nothing. */
const AT_ONCE = 20;

/** What it costs when many devices wait for a login: CPU by process, polls, and how late they are. */
export async function waiting(args: string[]): Promise<void> {
  const options = readOptions(args, { devices: 2_000, rate: 100, seconds: 60 });
  const { devices, rate, seconds } = options;
  await onProcesses(options, async ({ backend, sandbox }) => {
    const begun = await backend({ pollIntervalMs: INTERVAL_MS });
    const figures = await waitingFigures(begun, sandbox, { devices, rate, seconds });
    await report(options, 'waiting', `${devices} devices wait`, figures);
  });
}

/** Brings devices to codes, and measures a while in which they wait. */
export async function waitingFigures(
  { pass, spending }: Backend,
  { pollsSince }: ForkedSandbox,
  { devices, rate, seconds }: { devices: number; rate: number; seconds: number },
): Promise<Figures> {
  await bringToCodes(pass, devices, rate);
  // Each has been polled for once then, and the processes are calm.
  await sleep(INTERVAL_MS + 5_000);
  progress(`${devices} devices wait, asked for every ${INTERVAL_MS / 1_000} s: measuring`);
  const since = Date.now();
  const spent = await spending();
  await sleep(seconds * 1_000);
  const used = await spent();
  // Two intervals more: a poll's lateness shows by the poll before it.
  const polls = await pollsSince(since - 2 * INTERVAL_MS);
  return {
    ...pollFigures(polls, { since, seconds, devices, intervalMs: INTERVAL_MS }),
    ...perPoll(each(used, pollsWithin(polls, since, seconds).length)),
    ...aSecond(used),
  };
}

/** Names what a poll cost. */
export function perPoll(figures: Figures): Figures {
  return Object.fromEntries(
    Object.entries(figures).map(([name, value]) => [`${name} a poll`, value]),
  );
}

/** Brings devices to a code each, so many a second at most. */
export async function bringToCodes(
  pass: DevicePass,
  count: number,
  perSecond: number,
): Promise<DeviceClient[]> {
  const from = performance.now();
  let done = 0;
  const ticking = setInterval(() => {
    const rate = done / ((performance.now() - from) / 1_000);
    progress(`${done} of ${count} devices show a code, ${Math.round(rate)} a second`);
  }, 10_000);
  try {
    return await inParallel(Array.from({ length: count }), AT_ONCE, async (_none, index) => {
      await itsTurn(index, perSecond, from);
      const tv = newTv(pass);
      await askForCode(tv);
      done += 1;
      return tv;
    });
  } finally {
    clearInterval(ticking);
  }
}

/** A first contact; tried again where a busy machine did not answer in time. */
export async function askForCode(tv: DeviceClient): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await tv.authenticate({ mvpd: { id: 'NorthCable' } });
      return;
    } catch (error) {
      const again = error instanceof DevicePassError && error.retryable && attempt < ATTEMPTS;
      if (!again) throw error;
    }
  }
}

/** Polls that arrived: what was asked for, and when (ms since the epoch). */
export type Polls = readonly [code: string, at: number][];

export function pollsWithin(polls: Polls, since: number, seconds: number): Polls {
  return polls.filter(([, at]) => at >= since && at < since + seconds * 1_000);
}

/** How many of those that were due were done, and how late. */
export function pollFigures(
  polls: Polls,
  expected: { since: number; seconds: number; devices: number; intervalMs: number },
): Figures {
  const { since, seconds, devices, intervalMs } = expected;
  const late = latenessOf(polls, since, intervalMs);
  const done = pollsWithin(polls, since, seconds).length;
  return {
    'polls a second': done / seconds,
    'polls done of those due, %': (done * 100) / ((devices * seconds * 1_000) / intervalMs),
    'late p50 ms': quantile(late, 0.5),
    'late p99 ms': quantile(late, 0.99),
    'late max ms': quantile(late, 1),
  };
}

/** A poll is due one interval after the one before: by how much more the gap between them is. */
function latenessOf(polls: Polls, since: number, intervalMs: number): number[] {
  return timesByCode(polls).flatMap((times) => {
    return gaps(times)
      .filter((_gap, index) => (times[index + 1] ?? 0) >= since)
      .map((gap) => gap - intervalMs);
  });
}

/** When each code was asked for, oldest first. */
export function timesByCode(polls: Polls): number[][] {
  const byCode = new Map<string, number[]>();
  for (const [code, at] of polls) {
    const times = byCode.get(code);
    if (times) times.push(at);
    else byCode.set(code, [at]);
  }
  return [...byCode.values()];
}
