import assert from 'node:assert/strict';
import type { Browser } from 'playwright-core';
import { signIn } from '../gateway/support.ts';
import { launchChromium } from './chromium.ts';
import { type Farm, startFarm, Tv } from './support.ts';
import { openNetwork, type Served, serveTvPage } from './tv-page.ts';

interface Told {
  event: string;
  id: string;
}

/** What the page of a TV app holds for its tests. */
interface TvWindow {
  told: Told[];
  read: Record<string, (url: string, authorization: string) => void>;
}

describe('an HTML5 TV app on an origin of its own', function () {
  this.timeout(60_000);
  let browser: Browser;
  let app: Served;
  let farm: Farm;
  let network: Awaited<ReturnType<typeof openNetwork>>;
  before(async () => {
    browser = await launchChromium();
    app = await serveTvPage();
    farm = await startFarm({ env: { GATEWAY_ALLOWED_ORIGINS: app.origin } });
    network = await openNetwork(Number(new URL(farm.url).port));
  });
  after(async () => {
    await browser?.close();
    await network?.close();
    await farm?.stop();
    await app?.close();
  });

  for (const reader of [
    'eventsource',
    '@microsoft/fetch-event-source',
    'EventSource of the browser',
  ]) {
    it(`reads the stream, and goes on where it broke: ${reader}`, async () => {
      const tv = await Tv.registered(farm);
      const { body: shown } = await tv.authorize();
      const token = await tv.ownToken();
      const { body: opened } = await tv.send('/v1/events/token', { token, json: {} });
      const address = reader.startsWith('EventSource') ? String(opened['url']) : '/v1/events';
      const { pathname, search } = new URL(address, farm.url);

      const page = await browser.newPage();
      const streams = async () =>
        page.waitForResponse(
          (response) =>
            response.url().startsWith(`${network.origin}/v1/events`) &&
            response.request().method() === 'GET',
        );
      await page.goto(app.origin);
      await page.waitForFunction(() => 'read' in globalThis);
      const first = streams();
      await page.evaluate(
        ([name, url, authorization]) => {
          (globalThis as unknown as TvWindow).read[name]?.(url, authorization);
        },
        [reader, network.origin + pathname + search, `Bearer ${token}`] as const,
      );
      assert.equal((await first).status(), 200);
      const told = async (event: string) => {
        await page.waitForFunction(
          (name) => (globalThis as unknown as TvWindow).told.some((each) => each.event === name),
          event,
        );
        return page.evaluate(() => (globalThis as unknown as TvWindow).told);
      };
      const [code] = await told('code');

      const second = streams();
      network.breakDown();
      const again = await second;
      assert.equal(again.status(), 200);
      assert.equal((await again.request().allHeaders())['last-event-id'], code?.id);
      await signIn(farm, shown['user_code']);
      const all = await told('signed-in');
      assert.deepEqual(
        all.map(({ event }) => event),
        ['code', 'signed-in'],
        'nothing twice',
      );
      await page.close();
    });
  }
});
