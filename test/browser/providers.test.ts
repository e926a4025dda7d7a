import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { isAccessible } from './axe.ts';
import { isForEverybody, openPhone, setUp, showCode, typeCode } from './support.ts';

describe('the picker of providers', () => {
  const stage = setUp();

  async function openPicker(javaScriptEnabled = true): Promise<Page> {
    const { tv, code } = await showCode(stage.farm);
    const page = await openPhone(stage.browser, { ip: tv.ip, javaScriptEnabled });
    await typeCode(page, stage.farm, code);
    await page.getByRole('heading', { name: 'Who is your TV provider?' }).waitFor();
    return page;
  }

  const names = async (page: Page) =>
    (await page.getByRole('listitem').allInnerTexts()).map((text) => text.trim());

  it('lists providers by name with their logos, without TempPass [S2S-22]', async () => {
    const page = await openPicker();
    assert.deepEqual(await names(page), [
      'HarborTel',
      'North Cable',
      'River Fiber',
      'SkyDish',
      'Test Provider',
    ]);
    const logo = page.getByRole('listitem').first().locator('img');
    await page.waitForFunction(
      (image) => image instanceof HTMLImageElement && image.naturalWidth > 0,
      await logo.elementHandle(),
    );
  });

  it('finds one while its name is typed, accents and blanks aside', async () => {
    const page = await openPicker();
    const search = page.getByLabel('Find your provider');
    await search.fill('riverfíb');
    await page.getByText('1 provider', { exact: true }).waitFor();
    assert.deepEqual(await names(page), ['River Fiber']);
    await search.fill('nobody');
    await page.getByText('No provider with this name').waitFor();
    await search.fill('');
    await page.getByText('5 providers').waitFor();
  });

  it('finds one without JavaScript', async () => {
    const page = await openPicker(false);
    await page.getByLabel('Find your provider').fill('sky');
    await page.getByRole('button', { name: 'Search' }).click();
    await page.getByText('1 provider', { exact: true }).waitFor();
    assert.deepEqual(await names(page), ['SkyDish']);
    await page.getByRole('link', { name: 'Show all providers' }).click();
    await page.getByText('5 providers').waitFor();
  });

  it('runs a clock for the code, and says without JavaScript how long it lasts', async () => {
    const page = await openPicker();
    const clock = page.locator('.clock');
    const first = await clock.innerText();
    assert.match(first, /^(30:00|29:\d\d)$/);
    await page.waitForFunction(
      (before) => document.querySelector('.clock')?.textContent !== before,
      first,
    );
    const plain = await openPicker(false);
    await plain.getByText('about 30 more minutes').waitFor();
  });

  it('runs the clock right on a phone whose own clock is wrong', async () => {
    const { tv, code } = await showCode(stage.farm);
    const page = await openPhone(stage.browser, { ip: tv.ip });
    await page.addInitScript(() => {
      const { now } = Date;
      Date.now = () => now() + 3_600_000;
    });
    await typeCode(page, stage.farm, code);
    assert.match(await page.locator('.clock').innerText(), /^(30:00|29:\d\d)$/);
  });

  it('stays in reach below a TV with a very long name', async () => {
    const model = 'Ultra Premium Quantum Neo Television '.repeat(6).trim();
    const { tv, code } = await showCode(stage.farm, { model });
    const page = await openPhone(stage.browser, {
      ip: tv.ip,
      viewport: { width: 320, height: 640 },
    });
    await typeCode(page, stage.farm, code);
    const name = page.getByTitle(model);
    const [height, lineHeight] = await name.evaluate((element) => [
      element.clientHeight,
      Number.parseFloat(getComputedStyle(element).lineHeight),
    ]);
    assert.equal(Math.round(height / lineHeight), 2, `${height} px are two lines`);
    await isAccessible(page, 'long-name');
  });

  for (const [locale, notice] of [
    ['en-US', 'Choose another one.'],
    ['es-ES', 'Elige otro.'],
  ] as const) {
    it(`says why a provider can not be had, above the others: ${locale}`, async () => {
      const { tv, complete } = await showCode(stage.farm);
      const page = await openPhone(stage.browser, { ip: tv.ip, locale });
      await page.goto(complete);
      await page.locator('button.primary').click();
      const { faults } = stage.farm.stack.sandbox;
      const json = (body: object) => ({ kind: 'body', body: JSON.stringify(body) }) as const;
      const asked = { actionName: 'authorize', actionType: 'interactive', url: '/x' };
      const refusal = {
        status: 403,
        code: 'temporary_access_duration_limit_exceeded',
        action: 'authentication',
        message: 'The temporary access duration limit was exceeded.',
        details: 'Your free preview of SkyDish is over. Come back next month, or subscribe.',
      };
      faults.set({ ...json(asked), operation: 'resumeSession' });
      for (const operation of ['profileByMvpd', 'profileByCode'] as const) {
        faults.set({ ...json(refusal), operation, status: 403, times: 99 });
      }
      try {
        await page.getByRole('button', { name: 'SkyDish' }).click();
        const alert = page.getByRole('alert').filter({ hasText: notice });
        await alert.getByText(refusal.details).waitFor();
      } finally {
        faults.clear();
      }
      assert.match(await page.title(), /^Error: /);
      await isForEverybody(page, 'refused');
      await page.getByRole('button', { name: 'North Cable' }).click();
      await page.getByLabel('Username').waitFor();
    });
  }

  it('says as a group which TV it is for, to those who hear the page', async () => {
    const { tv, code } = await showCode(stage.farm);
    const page = await openPhone(stage.browser, { ip: tv.ip });
    await typeCode(page, stage.farm, code);
    const group = page.getByRole('group', { name: 'You are signing in' });
    await group.getByText('Test TV', { exact: true }).waitFor();
    await group.getByText(`${code.slice(0, 3)} ${code.slice(3)}`).waitFor();
  });
});

// Of the browser, where the functions given to `waitForFunction` run.
declare const document: {
  querySelector: (selector: string) => { textContent: string | null } | null;
};
declare const getComputedStyle: (element: unknown) => { lineHeight: string };
declare class HTMLImageElement {
  naturalWidth: number;
}
