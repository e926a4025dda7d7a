import type { CheckedCode, SecondScreen } from '../client.ts';
import type { Gateway } from './context.ts';
import { Problem } from './api/problem.ts';

/** One code on one phone, with the limits on guessing: for the API and the pages alike. */
export class Codes {
  readonly #gateway: Gateway;

  constructor(gateway: Gateway) {
    this.#gateway = gateway;
  }

  /**
   * The code, if somebody waits for it.
   *
   * @throws Problem 404 `unknown_code`; 429 after too many wrong ones
   */
  async check(
    code: string,
    ip: string,
  ): Promise<{ screen: SecondScreen; known: Extract<CheckedCode, { status: 'known' }> }> {
    const { quotas, pass, settings } = this.#gateway;
    const retryAfter = quotas.codeTry(ip);
    if (retryAfter !== undefined) {
      throw new Problem(429, 'too_many_requests', 'too many wrong codes: wait', {
        action: 'retry',
        retryAfter,
      });
    }
    const screen = pass.secondScreen(code, { app: settings.activationApp, ip });
    const known = isPossible(code)
      ? await screen.check()
      : ({ status: 'unknown', message: 'This is no code. Look at your TV again.' } as const);
    if (known.status === 'known') return { screen, known };
    quotas.wrongCode(ip);
    throw new Problem(404, 'unknown_code', known.message);
  }

  /**
   * Hands the viewer over to the provider's page.
   *
   * @throws Problem 404 `unknown_code`, 502 for a page that is not Adobe's
   */
  async choose(
    code: string,
    ip: string,
    mvpd: Parameters<SecondScreen['choose']>[0],
  ): Promise<{ status: 'go'; url: string } | { status: 'signed-in' }> {
    const { screen } = await this.check(code, ip);
    const standing = await screen.choose(mvpd);
    if (standing.status === 'signed-in') return { status: 'signed-in' };
    const url = standing.status === 'pending' ? standing.url : undefined;
    if (url === undefined) throw new Problem(404, 'unknown_code', 'nobody waits for it any more');
    return { status: 'go', url: this.adobeOnly(url) };
  }

  /** A viewer is sent to Adobe's configured host and nowhere else. @throws Problem 502 */
  adobeOnly(url: string): string {
    if (URL.canParse(url) && new URL(url).origin === this.#gateway.adobePassOrigin) return url;
    throw new Problem(502, 'unexpected_url', 'the page to sign in is not at Adobe Pass');
  }
}

/** What could be a code as people type it: anything else costs no call to Adobe. */
function isPossible(code: string): boolean {
  return /^[A-Za-z0-9]{4,16}$/.test(code.replace(/[\s-]/g, ''));
}
