import assert from 'node:assert/strict';
import type { Browser } from 'playwright-core';
import { Demo } from '../cli-demo/process.ts';
import { isAccessible } from './axe.ts';
import { launchChromium } from './chromium.ts';
import { keepScreenshot, openPhone, signInAtProvider } from './support.ts';

describe('the demo in a browser', function () {
  this.timeout(120_000);
  let browser: Browser;
  let demo: Demo | undefined;
  before(async () => {
    browser = await launchChromium();
  });
  after(async () => {
    await browser?.close();
    await demo?.stop();
  });

  it('shows the TV and the phone side by side, live to the end of the story', async () => {
    demo = new Demo([]);
    const [, address = ''] = await demo.prints(/side by side: (\S+)/);
    const page = await openPhone(browser, {
      ip: '127.0.0.1',
      viewport: { width: 1440, height: 900 },
    });
    await page.goto(address);
    const tv = page.frameLocator('iframe[title="The TV"]');
    const phone = page.frameLocator('iframe[title="The phone"]');
    const code = tv.locator('.code');
    await code.waitFor();
    await phone.getByLabel('Code on your TV').fill(await code.innerText());
    await isAccessible(page, 'demo');
    await keepScreenshot(page, 'demo');
    await phone.getByRole('button', { name: 'Continue' }).click();
    await phone.getByText('Demo TV').waitFor();
    assert.equal(await phone.getByText('Is this TV in front of you?').count(), 0);
    await phone.getByRole('button', { name: 'North Cable' }).click();
    await signInAtProvider(phone);
    await phone.getByRole('heading', { name: 'You can go back to your TV' }).waitFor();
    await tv.getByRole('heading', { name: 'Tonight' }).waitFor();
    assert.ok((await tv.getByRole('listitem').count()) >= 4);
    await keepScreenshot(page, 'demo-catalogue');
    await tv.getByText(/^Playing \S/).waitFor();
    await tv.getByRole('heading', { name: 'Signed out' }).waitFor();
    await demo.prints(/Ctrl\+C ends the demo/);
    demo.interrupt();
    assert.equal(await demo.ends(), 0, demo.stderr);
  });
});
