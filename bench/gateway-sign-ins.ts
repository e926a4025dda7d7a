import { subscribe } from 'node:diagnostics_channel';
import { RETURN_PATH } from '../src/gateway/index.ts';
import { signInAsViewer } from '../src/sandbox/index.ts';
import { quantile } from '../test/faults/polls.ts';
import { inParallel } from '../test/faults/system.ts';
import { eventsOf } from '../test/gateway/events.ts';
import { Tv } from '../test/gateway/tv.ts';
import type { GatewayFarm } from './gateway-farm.ts';
import type { Kept } from './gateway.ts';
import { percentiles } from './report.ts';

/** From the browser's return to the TV's event. */
const P95_BELOW_MS = 300;

/** How soon TVs hear of a sign-in. */
export async function measureSignIns(
  farm: GatewayFarm,
  count: number,
  atOnce: number,
): Promise<Kept> {
  const ms = await inParallel(Array.from({ length: count }), atOnce, async () => oneSignIn(farm));
  const p95 = quantile(ms, 0.95);
  const figures = Object.entries({ ...percentiles(ms), 'max ms': Math.max(...ms) }).map(
    ([name, value]) => [`from the browser's return to the TV's event, ${name}`, value] as const,
  );
  return {
    figures: Object.fromEntries(figures),
    broken:
      p95 < P95_BELOW_MS ? [] : [`p95 is ${Math.round(p95)} ms: it must be below ${P95_BELOW_MS}`],
  };
}

/** The time from the request for our return page to the TV's event, in ms. */
async function oneSignIn(farm: GatewayFarm): Promise<number> {
  const tv = await Tv.registered(farm);
  const { body: shown } = await tv.authorize();
  const events = eventsOf(farm.url, await tv.ownToken());
  await events.next(); // the code
  const path = `/v1/activation/${String(shown['user_code'])}`;
  const { body: chosen } = await tv.send(path, { json: { mvpd: { id: 'NorthCable' } } });
  const heard = events.next().then(({ value }) => ({ at: performance.now(), event: value?.event }));
  const [{ at, event }, { finalUrl }] = await Promise.all([
    heard,
    signInAsViewer(String(chosen['url'])),
  ]);
  if (event !== 'signed-in') throw new Error(`the TV heard ${String(event)}`);
  await events.return(undefined);
  const { pathname, search } = new URL(finalUrl);
  return at - (returns.get(pathname + search) ?? Number.NaN);
}

/** When which browser asked for the page where a login ends, as `fetch` tells everybody who listens. */
const returns = new Map<string, number>();
subscribe('undici:request:create', (message) => {
  const { path } = (message as { request: { path: string } }).request;
  if (path.startsWith(RETURN_PATH)) returns.set(path, performance.now());
});
