import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { freshIp } from '../support/stack.ts';
import { type Farm, type FarmOptions, startFarm, Tv } from '../gateway/support.ts';
import { isAccessible } from './axe.ts';
import { launchChromium } from './chromium.ts';

export { type Farm, pollUntilDone, startFarm, Tv } from '../gateway/support.ts';

/** A small phone. */
export const PHONE = { width: 390, height: 844 };

export interface PhoneOptions extends BrowserContextOptions {
  /** The phone's address; by default one of its own. */
  ip?: string;
}

/** A phone: a browser with an address, a language and a colour scheme of its own. */
export async function openPhone(browser: Browser, options: PhoneOptions = {}): Promise<Page> {
  const { ip = freshIp(), ...rest } = options;
  const context: BrowserContext = await browser.newContext({
    viewport: PHONE,
    locale: 'en-US',
    // As a proxy would tell it.
    extraHTTPHeaders: { 'x-forwarded-for': ip },
    ...rest,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  return page;
}

/** What the pages are tested with. */
export interface SetUp {
  farm: Farm;
  browser: Browser;
}

/** A farm and a browser for the tests of one suite: call it in its `describe`. */
export function setUp(options?: FarmOptions): SetUp {
  const stage = {} as SetUp;
  before(async () => {
    stage.browser = await launchChromium();
    stage.farm = await startFarm(options);
  });
  after(async () => {
    await stage.browser?.close();
    await stage.farm?.stop();
  });
  return stage;
}

export interface ShownCode {
  tv: Tv;
  code: string;
  /** What a QR code leads to. */
  complete: string;
  deviceCode: unknown;
}

/** A TV that shows a code; `told` is what it tells of itself, where that matters. */
export async function showCode(farm: Farm, told: object = {}): Promise<ShownCode> {
  const tv = await Tv.registered(farm);
  const facts = Buffer.from(JSON.stringify(told)).toString('base64');
  const { body } = await tv.authorize({}, undefined, { 'x-device-info': facts });
  return {
    tv,
    code: String(body['user_code']),
    complete: String(body['verification_uri_complete']),
    deviceCode: body['device_code'],
  };
}

/** Types a code at `/activate`, and goes on. */
export async function typeCode(page: Page, farm: Pick<Farm, 'url'>, code: string): Promise<void> {
  await page.goto(`${farm.url}/activate`);
  await page.getByLabel('Code on your TV').fill(code);
  await page.getByRole('button', { name: 'Continue' }).click();
}

/** Signs in at the provider's own page. */
export async function signInAtProvider(
  page: Pick<Page, 'getByLabel' | 'getByRole'>,
  username = 'viewer',
): Promise<void> {
  await page.getByLabel('Username').fill(username);
  await page.getByLabel('Password').fill('demo');
  await page.getByRole('button', { name: 'Sign in' }).click();
}

/** Pictures are kept of these only: more of them would show nothing new. */
const KEPT = new Set(['en-light', 'es-dark']);

/** Everybody can read the page, on light and on dark screens. */
export async function isForEverybody(page: Page, name: string): Promise<void> {
  const lang = await page.locator('html').getAttribute('lang');
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    const look = `${lang}-${colorScheme}`;
    await isAccessible(page, `${name}-${look}`);
    if (KEPT.has(look)) await keepScreenshot(page, `activate-${name}-${look}`);
  }
}

/** Keeps a picture of a page in `docs/screenshots`, when `SCREENSHOTS=1` asks for it. */
export async function keepScreenshot(page: Page, name: string): Promise<void> {
  if (process.env['SCREENSHOTS'] !== '1') return;
  const folder = fileURLToPath(new URL('../../docs/screenshots/', import.meta.url));
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: `${folder}${name}.png`, animations: 'disabled' });
}
