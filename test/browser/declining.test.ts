import { freshIp } from '../support/stack.ts';
import { isAccessible } from './axe.ts';
import { keepScreenshot, openPhone, setUp, showCode, signInAtProvider, Tv } from './support.ts';

const WAYS = [
  {
    colorScheme: 'light',
    locale: 'en-US',
    decline: 'No, this is not my TV',
    end: 'That was not me',
  },
  { colorScheme: 'dark', locale: 'es-ES', decline: 'No, no es mi televisor', end: 'No he sido yo' },
] as const;

const TV_AT = { 'x-country': 'ES', 'x-region': 'MD', 'x-city': 'Madrid' };
const PHONE_AT = { 'x-country': 'DE', 'x-region': 'BE', 'x-city': 'Berlin' };

describe('a viewer who started nothing, in a browser,', () => {
  const stage = setUp({
    appName: 'Channel One',
    env: { GATEWAY_PLACE_HEADER: 'x-country,x-region,x-city', GATEWAY_CONFIRMING_APPS: '*' },
  });

  for (const { colorScheme, locale, decline, end } of WAYS) {
    for (const javaScriptEnabled of [true, false]) {
      const how = `${locale}, ${colorScheme}, ${javaScriptEnabled ? 'with' : 'without'} JavaScript`;
      it(`finds the way out as easily as the way on: ${how}`, async function () {
        this.timeout(60_000);
        const look = { colorScheme, locale, javaScriptEnabled };
        const check = async (name: string, page: Awaited<ReturnType<typeof openPhone>>) => {
          if (!javaScriptEnabled) return;
          await isAccessible(page, name);
          await keepScreenshot(page, `activate-${name}-${locale.slice(0, 2)}-${colorScheme}`);
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
      const page = await openPhone(stage.browser, { colorScheme, locale, ip: tv.ip });
      await page.goto(complete);
      await page.locator('button.primary').click();
      await page.getByRole('button', { name: 'North Cable' }).click();
      await signInAtProvider(page);
      const button = page.getByRole('button', { name: end });
      await button.waitFor();
      await keepScreenshot(page, `activate-done-${locale.slice(0, 2)}-${colorScheme}`);
      await button.click();
      await page
        .getByRole('heading', { name: /The TV is signed out|Se ha cerrado la sesión/ })
        .waitFor();
      await isAccessible(page, 'disowned');
      await keepScreenshot(page, `activate-disowned-${locale.slice(0, 2)}-${colorScheme}`);
    });
  }
});
