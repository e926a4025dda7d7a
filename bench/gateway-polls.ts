import { setTimeout as sleep } from 'node:timers/promises';
import { quantile } from '../test/faults/polls.ts';
import { inParallel } from '../test/faults/system.ts';
import { DEVICE_CODE, Tv } from '../test/gateway/tv.ts';
import type { GatewayFarm } from './gateway-farm.ts';
import { type Polls, PollingTv } from './polling-tv.ts';
import type { Kept } from './gateway.ts';
import { itsTurn, progress } from './report.ts';
import { usageOf } from './usage.ts';

export const POLL_INTERVAL_S = 5;
const INTERVAL_MS = POLL_INTERVAL_S * 1_000;
/** For 5,000 TVs. */
const CORES_BELOW = 0.5;
/** Polls make none. But pushes may be lost, so each watch asks every five minutes, less a fifth. */
const CALLS_PER_TV_AND_MINUTE = 60 / 240;

/** What it costs when many TVs poll. */
export async function measurePolls(
  farm: GatewayFarm,
  { devices: count, rate, seconds: measuredS }: { devices: number; rate: number; seconds: number },
): Promise<Kept> {
  const polls: Polls = { answered: 0, others: new Map(), ms: [] };
  const tvs = await bringToCodes(farm, { count, rate }, polls);
  await sleep(2 * INTERVAL_MS);
  polls.others.clear();
  Object.assign(polls, { answered: 0, ms: [] });
  const [before, callsBefore] = [await usageOf(farm.gatewayPid), await farm.calls()];
  const from = performance.now();
  await sleep(measuredS * 1_000);
  const [after, callsAfter] = [await usageOf(farm.gatewayPid), await farm.calls()];
  const seconds = (performance.now() - from) / 1_000;
  for (const tv of tvs) tv.end();
  const cores = (after.cpuS - before.cpuS) / seconds;
  const calls = Object.entries(callsAfter).map(
    ([method, total]) => total - (callsBefore[method] ?? 0),
  );
  const made = calls.reduce((sum, times) => sum + times, 0);
  const perTvAndMinute = made / count / (seconds / 60);
  const others = [...polls.others].map(([what, times]) => `${times} x ${what}`).join(', ');
  return {
    figures: {
      'polls of TVs a second': polls.answered / seconds,
      'poll p50 ms': quantile(polls.ms, 0.5),
      'poll p99 ms': quantile(polls.ms, 0.99),
      'cores of gateway': cores,
      'MB of gateway': after.memoryMb,
      'calls to Temporal a TV and minute': perTvAndMinute,
    },
    broken: [
      ...(cores < CORES_BELOW
        ? []
        : [`the gateway takes ${cores.toFixed(2)} cores: it must be below ${CORES_BELOW}`]),
      ...(perTvAndMinute <= CALLS_PER_TV_AND_MINUTE
        ? []
        : [`${perTvAndMinute.toFixed(2)} calls to Temporal a TV and minute: polls must make none`]),
      ...(polls.others.size > 0 ? [`polls were answered otherwise: ${others}`] : []),
    ],
  };
}

/** Registers TVs, so many a second at most, and brings each to a code, for which it polls from then on. */
async function bringToCodes(
  farm: GatewayFarm,
  { count, rate }: { count: number; rate: number },
  polls: Polls,
): Promise<PollingTv[]> {
  const from = performance.now();
  let done = 0;
  const ticking = setInterval(() => {
    const speed = done / ((performance.now() - from) / 1_000);
    progress(`${done} of ${count} TVs show a code, ${Math.round(speed)} a second`);
  }, 20_000);
  try {
    return await inParallel(Array.from({ length: count }), 16, async (_none, index) => {
      await itsTurn(index, rate, from);
      const tv = await Tv.registered(farm);
      const code = await codeOf(tv);
      done += 1;
      const form = new URLSearchParams({
        grant_type: DEVICE_CODE,
        device_code: code,
        client_id: tv.clientId,
        client_secret: tv.clientSecret,
      });
      const polling = new PollingTv(new URL(farm.url), form, tv.ip, polls);
      polling.begin(INTERVAL_MS);
      return polling;
    });
  } finally {
    clearInterval(ticking);
  }
}

/** A busy machine may not answer in time: then a TV asks again. */
async function codeOf(tv: Tv): Promise<string> {
  let told = '';
  for (let tries = 0; tries < 20; tries += 1) {
    const { status, body } = await tv.authorize();
    if (typeof body['device_code'] === 'string') return body['device_code'];
    told = `${status} ${JSON.stringify(body)}`;
    await sleep(1_000);
  }
  throw new Error(`a TV got no code in twenty tries: ${told}`);
}
