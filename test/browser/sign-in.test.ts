import assert from 'node:assert/strict';
import {
  keepScreenshot,
  openPhone,
  pollUntilDone,
  showCode,
  signInAtProvider,
  setUp,
  typeCode,
} from './support.ts';

describe('a viewer with a phone', () => {
  const stage = setUp({ appName: 'Channel One' });

  for (const javaScriptEnabled of [true, false]) {
    const how = javaScriptEnabled ? 'with' : 'without';
    it(`comes from the TV's code to the TV signed in, ${how} JavaScript [S2S-23, S2S-24, ATN-14]`, async () => {
      const { tv, code, deviceCode } = await showCode(stage.farm);
      const page = await openPhone(stage.browser, { javaScriptEnabled, ip: tv.ip });
      await page.goto(`${stage.farm.url}/activate`);
      if (javaScriptEnabled) await keepScreenshot(page, 'activate-code');
      await typeCode(page, stage.farm, ` ${code.slice(0, 2).toLowerCase()}-${code.slice(2)} `);
      await page.getByRole('heading', { name: 'Who is your TV provider?' }).waitFor();
      await page.getByText('Test TV', { exact: true }).waitFor();
      if (javaScriptEnabled) await keepScreenshot(page, 'activate-provider');
      await page.getByRole('button', { name: 'North Cable' }).click();
      await page.getByRole('heading', { name: 'Sign in to North Cable' }).waitFor();
      await signInAtProvider(page);
      await page.getByRole('heading', { name: 'You can go back to your TV' }).waitFor();
      await page.getByText('signed in with North Cable').waitFor();
      if (javaScriptEnabled) await keepScreenshot(page, 'activate-done');
      const { status } = await pollUntilDone(tv, deviceCode);
      assert.equal(status, 200);
    });
  }

  it('confirms a scanned code before anything is told or done [S2S-24]', async () => {
    const { tv, code, complete } = await showCode(stage.farm);
    const page = await openPhone(stage.browser, { ip: tv.ip });
    await page.goto(complete);
    await page.getByRole('heading', { name: 'Is this the code on your TV?' }).waitFor();
    assert.equal(
      await page.getByLabel('Code on your TV').inputValue(),
      `${code.slice(0, 3)} ${code.slice(3)}`,
    );
    assert.equal(await page.getByText('Test TV').count(), 0);
    await keepScreenshot(page, 'activate-scanned');
    // A link that skips the question leads back to it.
    await page.goto(`${stage.farm.url}/activate/provider`);
    await page.getByRole('heading', { name: 'Connect your TV' }).waitFor();
    await page.goto(complete);
    await page.getByRole('button', { name: 'Yes, this is my code' }).click();
    await page.getByText('Test TV', { exact: true }).waitFor();
  });

  it('goes on with the provider that the TV chose, or with another [ATN-13]', async () => {
    const { tv } = await showCode(stage.farm);
    const { body } = await tv.send('/v1/authenticate', {
      token: await tv.ownToken(),
      json: { mvpd: { id: 'RiverFiber', displayName: 'River Fiber' }, screen: 'second' },
    });
    const { user_code: code } = body['authorization'] as Record<string, string>;
    const page = await openPhone(stage.browser, { ip: tv.ip });
    await typeCode(page, stage.farm, String(code));
    await page.getByRole('heading', { name: 'Sign in with River Fiber' }).waitFor();
    await keepScreenshot(page, 'activate-chosen');
    await page.getByRole('link', { name: 'Choose another provider' }).click();
    await page.getByRole('button', { name: 'North Cable' }).click();
    await page.getByRole('heading', { name: 'Sign in to North Cable' }).waitFor();
    await page.goto(`${stage.farm.url}/activate/provider`);
    await page.getByRole('link', { name: 'Continue to North Cable' }).click();
    await signInAtProvider(page);
    await page.getByRole('heading', { name: 'You can go back to your TV' }).waitFor();
  });

  it('needs no more than a keyboard', async () => {
    const { tv, code } = await showCode(stage.farm);
    const page = await openPhone(stage.browser, { ip: tv.ip });
    const tabTo = async (name: string) => {
      for (let presses = 0; presses < 30; presses += 1) {
        await page.keyboard.press('Tab');
        const focused = page.locator(':focus');
        const text = await focused.evaluate((element) =>
          [element.textContent, element.id, element.getAttribute('name')].join(' '),
        );
        if (!text.includes(name)) continue;
        const outline = await focused.evaluate((element) => getComputedStyle(element).outlineStyle);
        assert.equal(outline, 'solid', `${name} shows that it has the focus`);
        return;
      }
      throw new Error(`Tab never reached ${name}`);
    };
    await page.goto(`${stage.farm.url}/activate`);
    await tabTo('user_code');
    await page.keyboard.type(code);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Who is your TV provider?' }).waitFor();
    await tabTo('search');
    await page.keyboard.type('north');
    await tabTo('North Cable');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Sign in to North Cable' }).waitFor();
  });

  it('reads in the language of the browser', async () => {
    const { tv, code } = await showCode(stage.farm);
    const page = await openPhone(stage.browser, { ip: tv.ip, locale: 'es-MX' });
    await page.goto(`${stage.farm.url}/activate`);
    assert.equal(await page.locator('html').getAttribute('lang'), 'es');
    await page.getByLabel('Código de tu televisor').fill(code);
    await page.getByRole('button', { name: 'Continuar' }).click();
    await page.getByRole('heading', { name: '¿Cuál es tu proveedor de TV?' }).waitFor();
    await keepScreenshot(page, 'activate-provider-es');
    await page.getByRole('button', { name: 'SkyDish' }).click();
    await signInAtProvider(page);
    await page.getByRole('heading', { name: 'Ya puedes volver a tu televisor' }).waitFor();
  });
});

// Of the browser, where the functions given to `evaluate` run.
declare const getComputedStyle: (element: unknown) => { outlineStyle: string };
