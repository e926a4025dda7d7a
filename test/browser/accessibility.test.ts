import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { isAccessible } from './axe.ts';
import {
  keepScreenshot,
  openPhone,
  showCode,
  signInAtProvider,
  setUp,
  typeCode,
} from './support.ts';

const KEPT = new Set(['provider-dark-100', 'done-dark-100', 'provider-light-200']);
/** How a viewer may look at the pages. */
const WAYS = [
  { colorScheme: 'light', text: '100%', width: 390 },
  { colorScheme: 'dark', text: '100%', width: 390 },
  { colorScheme: 'light', text: '200%', width: 390 },
  { colorScheme: 'dark', text: '200%', width: 390 },
  // WCAG 2.2, 1.4.10: nothing has to be scrolled sideways at this width.
  { colorScheme: 'light', text: '100%', width: 320 },
] as const;

describe('every page is for everybody', () => {
  const stage = setUp({ env: { GATEWAY_WRONG_CODES_PER_ADDRESS: '1' } });

  for (const { colorScheme, text, width } of WAYS) {
    it(`in a ${colorScheme} scheme, with text at ${text}, ${width} px wide`, async function () {
      this.timeout(60_000);
      const { tv, code, complete } = await showCode(stage.farm);
      const viewport = { width, height: 844 };
      const look = { colorScheme, viewport, reducedMotion: 'reduce' } as const;
      const page = await openPhone(stage.browser, { ip: tv.ip, ...look });
      const check = async (name: string, shown: Page = page) => {
        await isAccessible(shown, name, text);
        const kept = `${name}-${colorScheme}-${text.slice(0, 3)}`;
        if (KEPT.has(kept)) await keepScreenshot(shown, `activate-${kept}`);
      };

      await page.goto(`${stage.farm.url}/activate`);
      await check('code');
      await page.goto(complete);
      await check('scanned');
      await typeCode(page, stage.farm, code);
      await page.getByRole('heading', { name: 'Who is your TV provider?' }).waitFor();
      await check('provider');
      await page.goto(`${stage.farm.url}/activate/provider?search=nobody`);
      await page.getByText('No provider with this name').waitFor();
      await check('no-provider');

      // An answer without content leaves the browser on the page that hands over.
      await page.route(`${stage.farm.stack.sandbox.url}/api/**`, (route) =>
        route.fulfill({ status: 204 }),
      );
      await page.goto(`${stage.farm.url}/activate/provider`);
      await page.getByRole('button', { name: 'North Cable' }).click();
      await page.getByRole('heading', { name: 'Opening your provider’s page' }).waitFor();
      await check('hand-over');
      await page.goto(`${stage.farm.url}/activate/provider`);
      await page.getByRole('heading', { name: 'Sign in with North Cable' }).waitFor();
      await check('chosen');

      const far = await openPhone(stage.browser, look);
      await typeCode(far, stage.farm, code);
      await far.getByRole('link', { name: 'Choose another provider' }).click();
      await far.getByRole('heading', { name: 'Is this TV in front of you?' }).waitFor();
      await check('other-network', far);
      await far.goto(`${stage.farm.url}/activate/no-such-page`);
      await check('not-found', far);
      await typeCode(far, stage.farm, 'AAAAAAA');
      await far.getByRole('heading', { name: 'That code does not work' }).waitFor();
      await check('wrong-code', far);
      await typeCode(far, stage.farm, 'BBBBBBB');
      await far.getByRole('heading', { name: 'Too many tries' }).waitFor();
      await check('too-many', far);

      const known = await stage.farm.stack.pass
        .secondScreen(code, { app: stage.farm.env['GATEWAY_ACTIVATION_APP'] ?? '', ip: tv.ip })
        .check();
      assert.ok(known.status === 'known' && known.url && known.returnUrl);
      await page.goto(known.returnUrl);
      await page.getByRole('heading', { name: 'Your TV is not signed in yet' }).waitFor();
      await check('not-yet');
      await page.unrouteAll();
      await page.goto(known.url);
      await signInAtProvider(page);
      await page.getByRole('heading', { name: 'You can go back to your TV' }).waitFor();
      await check('done');
      await typeCode(page, stage.farm, code);
      await page.getByRole('heading', { name: 'Your TV is already signed in' }).waitFor();
      await check('used-code');
    });
  }

  it('stands still for those who asked their system for less motion', async () => {
    const moves = async (reducedMotion: 'reduce' | 'no-preference') => {
      const { tv, code } = await showCode(stage.farm);
      const page = await openPhone(stage.browser, { ip: tv.ip, reducedMotion });
      await typeCode(page, stage.farm, code);
      await page.getByRole('button', { name: 'North Cable' }).click();
      await signInAtProvider(page);
      await page.getByRole('heading', { name: 'You can go back to your TV' }).waitFor();
      return page.evaluate(
        () => getComputedStyle(document.querySelector('.tick path')).animationName,
      );
    };
    assert.equal(await moves('reduce'), 'none');
    assert.equal(await moves('no-preference'), 'draw');
  });
});

// Of the browser, where the functions given to `evaluate` run.
declare const document: { querySelector: (selector: string) => unknown };
declare const getComputedStyle: (element: unknown) => { animationName: string };
