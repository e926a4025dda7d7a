import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import type { DeviceClient, DevicePass } from '../src/client.ts';
import { signInAsViewer } from '../src/sandbox/index.ts';
import { quantile } from '../test/faults/polls.ts';
import { inParallel, pending } from '../test/faults/system.ts';
import { type Processes, startProcesses } from './processes.ts';
import { newTv } from './tv.ts';
import { load, meter } from './usage.ts';
import { bringToCodes } from './waiting.ts';

const MVPD = { mvpd: { id: 'NorthCable' } };
/** No scheduled poll comes in between. */
const INTERVAL_MS = 600_000;
const LOOK_EVERY_MS = 20;

/** First contacts: how many a second come to a code, how long each takes, and what each costs. */
export async function authenticate(args: string[]): Promise<void> {
  await throughput('authenticate', args, async (tv) => {
    await tv.authenticate(MVPD);
  });
}

/** Whole lives: a code, a sign-in, a play and a logout. */
export async function lifecycle(args: string[]): Promise<void> {
  await throughput('lifecycle', args, async (tv, pass) => {
    await signIn(tv, pass);
    await tv.authorize('REF30');
    await tv.logout();
  });
}

async function throughput(
  name: string,
  args: string[],
  play: (tv: DeviceClient, pass: DevicePass) => Promise<void>,
): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      devices: { type: 'string', default: '300' },
      'at-once': { type: 'string', default: '16' },
      json: { type: 'boolean', default: false },
    },
  });
  const devices = Number(values.devices);
  await onProcesses(async (processes) => {
    const { worker, pass } = await backendOf(processes, INTERVAL_MS);
    const tvs = Array.from({ length: devices }, () => newTv(pass));
    const used = await meter({ worker: worker.pid, Temporal: processes.temporalPid });
    const from = performance.now();
    const ms = await inParallel(tvs, Number(values['at-once']), async (tv) =>
      timed(async () => play(tv, pass)),
    );
    const perSecond = devices / ((performance.now() - from) / 1_000);
    const cpu = [...(await used.read())].map(([who, { cpuS }]): [string, number] => [
      `CPU ms of ${who}`,
      (cpuS * 1_000) / devices,
    ]);
    const [some] = tvs;
    const events = some
      ? (await processes.client.workflow.getHandle(some.workflowId).describe()).historyLength
      : 0;
    print(values.json, `${devices} times ${name}, ${values['at-once']} at once`, {
      'a second': perSecond,
      ...percentiles(ms),
      ...Object.fromEntries(cpu),
      'history events': events,
    });
  });
}

/** The decision before a play, at a steady rate, while others wait. */
export async function authorize(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      devices: { type: 'string', default: '2000' },
      rate: { type: 'string', default: '20' },
      seconds: { type: 'string', default: '30' },
      json: { type: 'boolean', default: false },
    },
  });
  const rate = Number(values.rate);
  await onProcesses(async (processes) => {
    const { worker, pass } = await backendOf(processes, 15_000);
    const tvs = Array.from({ length: 100 }, () => newTv(pass));
    await inParallel(tvs, 8, async (tv) => signIn(tv, pass));
    await bringToCodes(pass, Number(values.devices), 100);
    await sleep(15_000);
    const used = await meter({ worker: worker.pid, Temporal: processes.temporalPid });
    const seconds = Number(values.seconds);
    const from = performance.now();
    const plays = Array.from({ length: rate * seconds }, async (_none, index) => {
      await sleep(Math.max(0, from + (index * 1_000) / rate - performance.now()));
      return timed(async () => tvs[index % tvs.length]?.authorize('REF30'));
    });
    const ms = await Promise.all(plays);
    const cores = [...(await used.read())].map(([who, { cpuS }]): [string, number] => [
      `cores of ${who}`,
      cpuS / seconds,
    ]);
    print(values.json, `authorize, ${rate} a second beside ${values.devices} that wait`, {
      ...percentiles(ms),
      ...Object.fromEntries(cores),
    });
  });
}

async function signIn(tv: DeviceClient, pass: DevicePass): Promise<void> {
  const { url } = pending(await tv.authenticate(MVPD));
  const { finalUrl } = await signInAsViewer(url);
  await pass.browserReturned(finalUrl);
  while ((await tv.view()).standing.status !== 'signed-in') await sleep(LOOK_EVERY_MS);
}

async function backendOf(processes: Processes, pollIntervalMs: number) {
  return processes.backend({ pollIntervalMs, returnUrl: 'http://127.0.0.1:9/return' });
}

async function onProcesses(measure: (processes: Processes) => Promise<void>): Promise<void> {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const processes = await startProcesses();
  try {
    await measure(processes);
  } finally {
    await processes.stop();
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await work();
  return performance.now() - from;
}

/** In ms. */
function percentiles(ms: readonly number[]): Record<string, number> {
  return Object.fromEntries(
    [0.5, 0.95, 0.99].map((share) => [`p${share * 100} ms`, quantile(ms, share)]),
  );
}

/** For people, or as one line of JSON. */
export function print(asJson: boolean, what: string, figures: Record<string, number>): void {
  const rounded = Object.entries(figures).map(([name, value]): [string, number] => [
    name,
    Number(value.toPrecision(3)),
  ]);
  if (asJson) return console.log(JSON.stringify({ what, ...Object.fromEntries(rounded) }));
  console.log(
    `${what}: ${rounded.map(([name, value]) => `${name} ${value}`).join(', ')}; ${load()}`,
  );
}
