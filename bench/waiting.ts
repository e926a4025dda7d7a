import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type DeviceClient, DevicePassError, type DevicePass } from '../src/client.ts';
import { gaps, quantile } from '../test/faults/polls.ts';
import { inParallel } from '../test/faults/system.ts';
import { type Processes, startProcesses } from './processes.ts';
import { newTv } from './tv.ts';
import { meter } from './usage.ts';

const INTERVAL_MS = 15_000;
const MEASURED_MS = 60_000;
/** After the last device asked: every device has been polled for once, and the processes are calm. */
const SETTLE_MS = 20_000;
const ATTEMPTS = 5;

/** What it costs when many devices wait for a login: CPU by process, polls, and how late they are. */
export async function waiting(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      devices: { type: 'string', default: '2000' },
      'per-second': { type: 'string', default: '100' },
    },
  });
  const devices = Number(values.devices);
  // Even a machine that brings ten devices a second to a code is through by then.
  const boundMs = devices * 100 + SETTLE_MS + MEASURED_MS + 3 * 60_000;
  const bound = setTimeout(() => {
    console.error(`not done within ${Math.round(boundMs / 1_000)} s: try fewer --devices`);
    process.exit(1);
  }, boundMs);
  const processes = await startProcesses();
  try {
    const { worker, pass } = await processes.backend({ pollIntervalMs: INTERVAL_MS });
    await bringToCodes(pass, devices, Number(values['per-second']));
    await sleep(SETTLE_MS);
    console.log(`${devices} devices wait, asked for every ${INTERVAL_MS / 1_000} s: measuring`);
    await measure(processes, { worker: worker.pid, Temporal: processes.temporalPid });
  } finally {
    clearTimeout(bound);
    await processes.stop();
  }
}

/** Brings devices to a code each, so many a second at most. */
export async function bringToCodes(
  pass: DevicePass,
  count: number,
  perSecond: number,
): Promise<void> {
  const from = performance.now();
  let done = 0;
  const progress = setInterval(() => {
    const rate = done / ((performance.now() - from) / 1_000);
    console.log(`${done} of ${count} devices show a code, ${Math.round(rate)} a second`);
  }, 10_000);
  try {
    await inParallel(Array.from({ length: count }), 20, async (_none, index) => {
      await sleep(Math.max(0, from + (index * 1_000) / perSecond - performance.now()));
      await askForCode(newTv(pass));
      done += 1;
    });
  } finally {
    clearInterval(progress);
  }
}

async function askForCode(tv: DeviceClient): Promise<void> {
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

async function measure(
  { sandbox }: Processes,
  pids: Record<string, number | undefined>,
): Promise<void> {
  const since = Date.now();
  const measured = await meter(pids);
  await sleep(MEASURED_MS);
  const used = await measured.read();
  const seconds = (Date.now() - since) / 1_000;
  for (const [name, { cpuS, rssMb }] of used) {
    console.log(`${name}: ${(cpuS / seconds).toFixed(2)} cores, ${Math.round(rssMb)} MB`);
  }
  // Two intervals more: a poll's lateness shows by the poll before it.
  const polls = await sandbox.pollsSince(since - 2 * INTERVAL_MS);
  const during = polls.filter(([, at]) => at >= since && at < since + MEASURED_MS);
  const late = latenessOf(polls, since);
  console.log(
    `polls: ${(during.length / seconds).toFixed(1)} a second; late by p50 ${quantile(late, 0.5)} ms, ` +
      `p99 ${quantile(late, 0.99)} ms, max ${quantile(late, 1)} ms`,
  );
}

/** A poll is due one interval after the one before: by how much more the gap between them is. */
function latenessOf(polls: readonly [code: string, at: number][], since: number): number[] {
  return timesByCode(polls).flatMap((times) => {
    return gaps(times)
      .filter((_gap, index) => (times[index + 1] ?? 0) >= since)
      .map((gap) => gap - INTERVAL_MS);
  });
}

/** When each code was asked for, oldest first. */
export function timesByCode(polls: readonly [code: string, at: number][]): number[][] {
  const byCode = new Map<string, number[]>();
  for (const [code, at] of polls) byCode.set(code, [...(byCode.get(code) ?? []), at]);
  return [...byCode.values()];
}
