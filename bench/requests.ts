import { setTimeout as sleep } from 'node:timers/promises';
import type { DeviceClient, DevicePass } from '../src/client.ts';
import { signInAsViewer } from '../src/sandbox/index.ts';
import { inParallel, pending } from '../test/faults/system.ts';
import { readOptions } from './options.ts';
import { type Backend, onProcesses, type Processes } from './processes.ts';
import { itsTurn, percentiles, progress, report, timed } from './report.ts';
import { aSecond, each } from './spent.ts';
import { newTv } from './tv.ts';
import { bringToCodes, INTERVAL_MS } from './waiting.ts';

const MVPD = { mvpd: { id: 'NorthCable' } };
/** No scheduled poll comes in between. */
const NO_POLL_MS = 600_000;
const LOOK_EVERY_MS = 20;
/** Who asks for decisions, one after the other. */
const PLAYING = 100;

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
  const options = readOptions(args, { devices: 300, 'at-once': 16, rate: 0, seconds: 0 }, [
    'rate',
    'seconds',
  ]);
  const { rate, seconds, 'at-once': atOnce } = options;
  // At a steady rate for some time, or as fast as so many at once get on.
  const devices = rate > 0 && seconds > 0 ? Math.ceil(rate * seconds) : options.devices;
  await onProcesses(options, async (processes) => {
    const { pass, spending } = await backendOf(processes, NO_POLL_MS);
    const tvs = Array.from({ length: devices }, () => newTv(pass));
    const spent = await spending();
    const from = performance.now();
    const ms = await inParallel(tvs, rate > 0 ? devices : atOnce, async (tv, index) => {
      if (rate > 0) await itsTurn(index, rate, from);
      return timed(async () => play(tv, pass));
    });
    const perSecond = devices / ((performance.now() - from) / 1_000);
    const used = await spent();
    const pace = rate > 0 ? `${rate} a second` : `${atOnce} at once`;
    await report(options, name, `${devices} times ${name}, ${pace}`, {
      'a second': perSecond,
      ...percentiles(ms),
      ...each(used, devices),
      'history events': await eventsOf(processes, tvs[0]),
    });
  });
}

async function eventsOf({ client }: Processes, tv: DeviceClient | undefined): Promise<number> {
  if (!tv) return 0;
  return (await client.workflow.getHandle(tv.workflowId).describe()).historyLength;
}

/** The decision before a play, at a steady rate, while others wait. */
export async function authorize(args: string[]): Promise<void> {
  const options = readOptions(args, { devices: 2_000, rate: 20, seconds: 30 }, ['devices']);
  const { devices, rate, seconds } = options;
  await onProcesses(options, async (processes) => {
    const { pass, spending } = await backendOf(processes, INTERVAL_MS);
    const tvs = await signedIn(pass, PLAYING);
    await bringToCodes(pass, devices, 100);
    await sleep(INTERVAL_MS);
    progress('measuring');
    const spent = await spending();
    const ms = await atRate(rate, seconds, async (index) =>
      timed(async () => tvs[index % tvs.length]?.authorize('REF30')),
    );
    await report(options, 'authorize', `authorize, ${rate} a second beside ${devices} that wait`, {
      ...percentiles(ms),
      ...aSecond(await spent()),
    });
  });
}

/** Starts work at a steady rate, whether what came before is done or not. */
export async function atRate<R>(
  perSecond: number,
  seconds: number,
  work: (index: number) => Promise<R>,
): Promise<R[]> {
  const from = performance.now();
  const all = Array.from({ length: Math.ceil(perSecond * seconds) }, async (_none, index) => {
    await itsTurn(index, perSecond, from);
    return work(index);
  });
  return Promise.all(all);
}

/** So many TVs whose viewers are signed in. */
export async function signedIn(pass: DevicePass, count: number): Promise<DeviceClient[]> {
  const tvs = Array.from({ length: count }, () => newTv(pass));
  await inParallel(tvs, 8, async (tv) => signIn(tv, pass));
  return tvs;
}

/** A code, a viewer who signs in with it, and a device that knows. */
export async function signIn(tv: DeviceClient, pass: DevicePass): Promise<void> {
  const { url } = pending(await tv.authenticate(MVPD));
  const { finalUrl } = await signInAsViewer(url);
  await pass.browserReturned(finalUrl);
  while ((await tv.view()).standing.status !== 'signed-in') await sleep(LOOK_EVERY_MS);
}

/** A backend to which browsers return after a login. */
export async function backendOf(processes: Processes, pollIntervalMs: number): Promise<Backend> {
  return processes.backend({ pollIntervalMs, returnUrl: 'http://127.0.0.1:9/return' });
}
