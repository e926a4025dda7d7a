import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { isAccessible } from './axe.ts';
import {
  keepScreenshot,
  openPhone,
  showCode,
  signInAtProvider,
  setUp,
  typeCode,
} from './support.ts';
import { untilTheyLast } from '../support/ten-minutes.ts';

describe('a viewer in trouble', () => {
  const stage = setUp();

  for (const javaScriptEnabled of [true, false]) {
    const how = javaScriptEnabled ? 'with' : 'without';
    it(`is told that a code is wrong, and types another, ${how} JavaScript [ATN-15]`, async () => {
      const { tv, code } = await showCode(stage.farm);
      const page = await openPhone(stage.browser, { ip: tv.ip, javaScriptEnabled });
      await typeCode(page, stage.farm, 'AAA AAAA');
      await page.getByRole('heading', { name: 'That code does not work' }).waitFor();
      assert.match(await page.title(), /^Error: /);
      if (javaScriptEnabled) await keepScreenshot(page, 'activate-wrong-code');
      await page.locator('#user_code:focus').waitFor();
      await page.keyboard.press('ControlOrMeta+A');
      await page.keyboard.type(code);
      await page.keyboard.press('Enter');
      await page.getByText('Test TV', { exact: true }).waitFor();
    });
  }

  it('is told that a code was used and the TV is signed in [ATN-15]', async () => {
    const { tv, code } = await showCode(stage.farm);
    const page = await openPhone(stage.browser, { ip: tv.ip });
    await typeCode(page, stage.farm, code);
    await page.getByRole('button', { name: 'North Cable' }).click();
    await signInAtProvider(page);
    await page.getByRole('heading', { name: 'You can go back to your TV' }).waitFor();
    await typeCode(page, stage.farm, code);
    await page.getByRole('heading', { name: 'Your TV is already signed in' }).waitFor();
    await page.getByRole('link', { name: 'Connect another TV' }).click();
    await page.getByRole('heading', { name: 'Connect your TV' }).waitFor();
  });

  it('is warned when phone and TV are on different networks, and only then', async () => {
    const { tv, code } = await showCode(stage.farm);
    const warning = { name: 'Is this TV in front of you?' };
    const near = await openPhone(stage.browser, { ip: tv.ip });
    await typeCode(near, stage.farm, code);
    await near.getByText('Test TV', { exact: true }).waitFor();
    assert.equal(await near.getByRole('heading', warning).count(), 0);
    const far = await openPhone(stage.browser);
    await typeCode(far, stage.farm, code);
    await far.getByRole('heading', warning).waitFor();
    await keepScreenshot(far, 'activate-other-network');
  });

  it('who comes back without having signed in is not told the contrary', async () => {
    const { tv, code } = await showCode(stage.farm);
    const page = await openPhone(stage.browser, { ip: tv.ip });
    await typeCode(page, stage.farm, code);
    await page.getByRole('button', { name: 'North Cable' }).click();
    await page.getByRole('heading', { name: 'Sign in to North Cable' }).waitFor();
    const known = await stage.farm.stack.pass
      .secondScreen(code, { app: stage.farm.env['GATEWAY_ACTIVATION_APP'] ?? '', ip: tv.ip })
      .check();
    assert.ok(known.status === 'known' && known.url && known.returnUrl);
    await page.goto(known.returnUrl);
    await page.getByRole('heading', { name: 'Your TV is not signed in yet' }).waitFor();
    await keepScreenshot(page, 'activate-not-yet');
    // Signed in meanwhile, in another window: the page notices.
    const other = await openPhone(stage.browser, { ip: tv.ip });
    await other.goto(known.url);
    await signInAtProvider(other);
    await page.getByRole('heading', { name: 'You can go back to your TV' }).waitFor();
  });
});

describe('a code that runs out, or was never one', () => {
  const stage = setUp({
    sandbox: { codeLifeMs: 6_000 },
    env: { GATEWAY_WRONG_CODES_PER_ADDRESS: '2' },
  });

  it('says so on the page, and at the next step, with the way out [ATN-15]', async () => {
    const { tv, code } = await showCode(stage.farm);
    const phone = { ip: tv.ip, viewport: { width: 360, height: 640 } };
    const page = await openPhone(stage.browser, phone);
    const plain = await openPhone(stage.browser, { ...phone, javaScriptEnabled: false });
    for (const each of [page, plain]) {
      await typeCode(each, stage.farm, code);
      await each.getByText('Test TV', { exact: true }).waitFor();
    }
    const last = page.getByRole('button', { name: 'Test Provider' });
    await last.focus();
    const ended = page.getByRole('alert').filter({ hasText: 'This code has ended' });
    await ended.waitFor();
    assert.ok(await isInView(ended), 'it is seen wherever the viewer was on the page');
    assert.equal(await page.getByRole('button').count(), 0, 'nothing to press in vain');
    await isAccessible(page, 'ended');
    await keepScreenshot(page, 'activate-ended');
    // The focus was on what is gone.
    await page.locator('a:focus', { hasText: 'Type the new code' }).press('Enter');
    await page.getByRole('heading', { name: 'Connect your TV' }).waitFor();

    await plain.getByRole('button', { name: 'North Cable' }).click();
    await plain.getByRole('heading', { name: 'That code does not work' }).waitFor();
    const { code: next } = await showCode(stage.farm);
    await plain.getByLabel('Code on your TV').fill(next);
    await plain.getByRole('button', { name: 'Continue' }).click();
    await plain.getByText('Test TV', { exact: true }).waitFor();
  });

  it('says so where a provider was chosen already', async () => {
    const { tv } = await showCode(stage.farm);
    const { body } = await tv.send('/v1/authenticate', {
      token: await tv.ownToken(),
      json: { mvpd: { id: 'RiverFiber' }, screen: 'second' },
    });
    const { user_code: code } = body['authorization'] as Record<string, string>;
    const page = await openPhone(stage.browser, { ip: tv.ip });
    await typeCode(page, stage.farm, String(code));
    const onward = page.getByRole('link', { name: 'Continue to River Fiber' });
    await onward.waitFor();
    await page.getByRole('alert').getByText('This code has ended').waitFor();
    assert.equal(await onward.count(), 0);
  });

  it('who guesses codes has to wait', async () => {
    await untilTheyLast();
    const page = await openPhone(stage.browser);
    for (const guess of ['AAA AAAA', 'BBB BBBB']) {
      await typeCode(page, stage.farm, guess);
      await page.getByRole('heading', { name: 'That code does not work' }).waitFor();
    }
    await typeCode(page, stage.farm, 'CCC CCCC');
    await page.getByRole('heading', { name: 'Too many tries' }).waitFor();
    await page.getByText(/Wait (a minute|\d+ minutes)/).waitFor();
  });
});

async function isInView(place: Locator): Promise<boolean> {
  const { top, bottom, height } = await place.evaluate((element) => {
    const box = element.getBoundingClientRect();
    return { top: box.top, bottom: box.bottom, height: innerHeight };
  });
  return top >= 0 && bottom <= height;
}

// Of the browser, where the functions given to `evaluate` run.
declare const innerHeight: number;
