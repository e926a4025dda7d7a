import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { freshIp } from '../support/stack.ts';
import {
  isForEverybody,
  openPhone,
  PHONE,
  setUp,
  showCode,
  signInAtProvider,
  Tv,
} from './support.ts';

const WAYS = [
  { locale: 'en-US', decline: 'No, this is not my TV', end: 'That was not me' },
  { locale: 'es-ES', decline: 'No, no es mi televisor', end: 'No he sido yo' },
] as const;

const TV_AT = { 'x-country': 'ES', 'x-region': 'MD', 'x-city': 'Madrid' };
const PHONE_AT = { 'x-country': 'DE', 'x-region': 'BE', 'x-city': 'Berlin' };

describe('a viewer who started nothing, in a browser,', () => {
  const stage = setUp({
    appName: 'Channel One',
    env: { GATEWAY_PLACE_HEADER: 'x-country,x-region,x-city', GATEWAY_CONFIRMING_APPS: '*' },
  });

  for (const { locale, decline, end } of WAYS) {
    for (const javaScriptEnabled of [true, false]) {
      const how = `${locale}, ${javaScriptEnabled ? 'with' : 'without'} JavaScript`;
      it(`finds the way out as easily as the way on: ${how}`, async function () {
        this.timeout(60_000);
        const look = { locale, javaScriptEnabled };
        const check = async (name: string, page: Page) => {
          if (javaScriptEnabled) await isForEverybody(page, name);
        };
        const tv = await Tv.registered(stage.farm);
        const { body } = await tv.authorize({}, undefined, TV_AT);
        const complete = String(body['verification_uri_complete']);
        const far = await openPhone(stage.browser, {
          ...look,
          extraHTTPHeaders: { 'x-forwarded-for': freshIp(), ...PHONE_AT },
        });
        await far.goto(complete);
        await check('scanned', far);
        await far.locator('button.primary').click();
        await far.getByRole('heading', { name: /Look at your TV|Mira tu televisor/ }).waitFor();
        await check('held', far);
        const way = await far.getByRole('button', { name: decline }).boundingBox();
        assert.ok(way && way.y + way.height <= PHONE.height, 'nobody has to scroll for it');

        const token = await tv.ownToken();
        const session = await tv.send('/v1/session', { token });
        const { id } = session.body['confirmation'] as { id: string };
        await tv.send('/v1/activation-request/confirm', { token, json: { id } });
        // With the script or without it, the page goes on by itself.
        await far.getByRole('button', { name: 'North Cable' }).waitFor({ timeout: 20_000 });
        await check('declining', far);
        await far.getByRole('button', { name: decline }).click();
        await far
          .getByRole('heading', { name: /Nobody was signed in|No se ha iniciado ninguna sesión/ })
          .waitFor();
        await check('declined', far);
      });
    }

    it(`ends a sign-in that was not theirs: ${locale}`, async () => {
      const { tv, complete } = await showCode(stage.farm);
      const page = await openPhone(stage.browser, { locale, ip: tv.ip });
      await page.goto(complete);
      await page.locator('button.primary').click();
      await page.getByRole('button', { name: 'North Cable' }).click();
      await signInAtProvider(page);
      const button = page.getByRole('button', { name: end });
      await button.waitFor();
      await isForEverybody(page, 'done');
      await button.click();
      await page
        .getByRole('heading', { name: /The TV is signed out|Se ha cerrado la sesión/ })
        .waitFor();
      await isForEverybody(page, 'disowned');
    });
  }
});
