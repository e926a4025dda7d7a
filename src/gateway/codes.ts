import type { FastifyBaseLogger } from 'fastify';
import { LRUCache } from 'lru-cache';
import {
  type CheckedCode,
  type ChosenMvpd,
  DevicePassError,
  type CodeOnTv,
  type CodeTv,
  type Place,
  plainCode,
  type SecondScreen,
  type Standing,
  visitedBy,
} from '../client.ts';
import { codesThatEnd } from '../error-codes/index.ts';
import { isAtAdobe } from './adobe-pages.ts';
import { type Caller, namesOf } from './browsers.ts';
import type { Gateway } from './context.ts';
import { sameNetwork } from './networks.ts';
import { sameRegion } from './places.ts';
import { offered } from './providers.ts';
import { Problem, tooMany } from './api/problem.ts';

/** A code that somebody waits for. */
export interface KnownCode {
  code: string;
  screen: SecondScreen;
  known: Extract<CheckedCode, { status: 'known' }>;
  /** What the TV's workflow says, where it could be asked. */
  standing?: Standing;
  /** Whether TV and phone seem to be in one household, where that can be told. */
  sameNetwork?: boolean;
  /** The TV, where something leads to it: it can be told of a decline. */
  tv?: CodeTv;
  /** Software statement of the TV's app. */
  statement?: string;
  /** How viewers know the app that asks. */
  appName?: string;
  askedAt?: Date;
  /** Where the TV seems to be. */
  place?: Place;
  /** The phone waits for the word of the one in front of the TV. */
  isHeld?: boolean;
  /** Browsers elsewhere opened the code too. */
  isShared?: boolean;
}

/** What a check is for: only who opens a code is counted. */
interface Purpose {
  opens?: boolean;
}

/** What comes of choosing a provider: its page, or nothing more to do. */
export type Chosen = { status: 'go'; url: string } | { status: 'signed-in' };

/** One code on one phone, with the limits on guessing: for the API and the pages alike. */
export class Codes {
  readonly #gateway: Gateway;
  readonly #tvs = new LRUCache<string, CodeTv>({ max: 10_000, ttl: 1_800_000 });

  constructor(gateway: Gateway) {
    this.#gateway = gateway;
  }

  /**
   * The code, if somebody waits for it.
   *
   * @throws Problem 404 `unknown_code`, `old_code` or `shared_code`; 409 `used_code`; 429 after too
   *   many wrong ones
   */
  async check(code: string, caller: Caller, { opens = true }: Purpose = {}): Promise<KnownCode> {
    const { ip, visitorIdentifier } = caller;
    const { quotas, pass, settings, trust } = this.#gateway;
    if (isPossible(code)) await quotas.upToDate();
    const retryAfter = quotas.codeTry(ip);
    if (retryAfter !== undefined) throw tooMany('too many wrong codes: wait', retryAfter);
    if (!isPossible(code)) {
      quotas.codeWasImpossible(ip);
      throw new Problem(404, 'unknown_code', 'This is no code. Look at your TV again.');
    }
    let known: CheckedCode | undefined;
    const mvpds = (app: string) => trust.mvpdsOf(app);
    const asking = { app: settings.activationApp, ip, mvpds, visitorIdentifier };
    const screen = pass.secondScreen(code, asking);
    try {
      known = await screen.check();
    } finally {
      if (known?.status !== 'unknown') quotas.codeWasKnown(ip);
    }
    if (known.status === 'unknown') throw new Problem(404, 'unknown_code', known.message);
    // Adobe knows codes, the workflow knows whether one is still worth signing in for. Where it can't
    // be asked, Adobe's word counts.
    const shown = await screen.look();
    const standing = shown?.standing;
    if (standing?.status === 'signed-in') {
      throw new Problem(409, 'used_code', 'the TV is signed in already: nothing is left to do');
    }
    // A session lives on at Adobe when its TV has given up, or shows a newer code.
    if (standing && (standing.status !== 'pending' || standing.code !== screen.code)) {
      throw new Problem(404, 'unknown_code', 'nobody waits for it any more: look at your TV');
    }
    const near = known.deviceIp === undefined ? undefined : sameNetwork(known.deviceIp, ip);
    const visited = opens && shown ? await this.#visit(shown, caller, near) : undefined;
    if (shown) this.#tvs.set(screen.code, shown.tv);
    return {
      code: screen.code,
      screen,
      known,
      isHeld: visited?.isHeld ?? false,
      isShared: visited?.isShared ?? false,
      ...(standing ? { standing } : {}),
      ...(near === undefined ? {} : { sameNetwork: near }),
      ...(shown ? this.#asks(shown) : {}),
    };
  }

  #asks({
    tv,
    login,
    statement,
  }: CodeOnTv): Pick<KnownCode, 'tv' | 'statement' | 'appName' | 'askedAt' | 'place'> {
    const { app } = tv.identity;
    const { askedAt, place } = login ?? {};
    return {
      tv,
      appName: this.#gateway.settings.appNames.get(app) ?? app,
      ...(statement === undefined ? {} : { statement }),
      ...(askedAt ? { askedAt } : {}),
      ...(place ? { place } : {}),
    };
  }

  /** Counts the browser by code, over all gateways (RFC 10027). */
  async #visit({ tv, login, statement }: CodeOnTv, caller: Caller, near: boolean | undefined) {
    if (!login) return undefined;
    const { settings } = this.#gateway;
    const names = namesOf(caller, settings);
    if (!login.visits.some(({ browser }) => browser === names.browser)) {
      if (Date.now() - login.askedAt.getTime() > settings.codeMaxAgeMs) {
        await tv.replaceCode();
        throw new Problem(404, 'old_code', 'the code is too old: the TV shows a new one');
      }
      const { place } = caller;
      const far = near === false && sameRegion(login.place, place) === false;
      const hold = far && this.#canConfirm(tv.identity.app, statement);
      // A backend that names no browsers may ask for many viewers, or for the TV itself.
      if (caller.browser === undefined && !hold) return undefined;
      const visited = await tv.visit({
        ...names,
        home: near === true,
        hold,
        ...(place ? { place } : {}),
      });
      if (!visited.isOver) return visited;
      throw new Problem(404, 'shared_code', 'too many phones opened this code: it has ended');
    }
    return visitedBy(login.visits, names.browser);
  }

  #canConfirm(app: string, statement: string | undefined): boolean {
    const { confirmingApps } = this.#gateway.settings;
    return confirmingApps.some((entry) => entry === '*' || entry === app || entry === statement);
  }

  /** Whether a phone still waits for the TV's word. @throws Problem as `check` */
  async isHeld(code: string, caller: Caller): Promise<boolean> {
    const tv = this.#tvs.get(code);
    if (!tv) return (await this.check(code, caller)).isHeld ?? false;
    const { login } = await tv.look();
    const { browser } = namesOf(caller, this.#gateway.settings);
    return visitedBy(login?.visits, browser).isHeld;
  }

  /**
   * The viewer wants none of it: the code ends, and the TV hears of it at once.
   *
   * @returns whether something led to the TV
   * @throws Problem as `check`
   */
  async decline(code: string, caller: Caller, log: FastifyBaseLogger): Promise<boolean> {
    const { tv, statement = 'unknown' } = await this.check(code, caller, { opens: false });
    if (!tv) return false;
    await tv.decline();
    const { app } = tv.identity;
    const declines = this.#gateway.declines.count(statement);
    log.warn({ app, statement, declines }, 'a viewer declined a login');
    return true;
  }

  /**
   * Hands the viewer over to the page of a provider that the app offers. Its name and logo are what
   * the configuration says, for a stranger's words would stand on the TV.
   *
   * @throws Problem 404 `unknown_code` or `unknown_mvpd`, 409 ProviderRefused, 502 for a page that is
   *   not Adobe's
   */
  async choose(code: string, caller: Caller, mvpd: string): Promise<Chosen> {
    const checked = await this.check(code, caller);
    return this.handOver(checked, offered(await checked.screen.providers(), mvpd));
  }

  /** As `choose`, for a code that was just checked. @throws Problem 429 for who chooses on and on */
  async handOver(
    { code, screen, isHeld }: Pick<KnownCode, 'code' | 'screen' | 'isHeld'>,
    mvpd: ChosenMvpd,
  ): Promise<Chosen> {
    if (isHeld) {
      const more = { action: 'retry', retryAfter: 2 };
      throw new Problem(
        409,
        'confirmation_pending',
        'the TV has to say that this is its phone',
        more,
      );
    }
    const retryAfter = this.#gateway.quotas.choice(code);
    if (retryAfter !== undefined) throw tooMany('too many choices for one code: wait', retryAfter);
    const standing = await screen.choose(mvpd).catch((error: unknown) => {
      throw refusedProvider(error);
    });
    if (standing.status === 'signed-in') return { status: 'signed-in' };
    const url = standing.status === 'pending' ? standing.url : undefined;
    if (url === undefined) throw new Problem(404, 'unknown_code', 'nobody waits for it any more');
    return { status: 'go', url: this.adobeOnly(url) };
  }

  /** A viewer is sent to Adobe's hosts of our environment and nowhere else. @throws Problem 502 */
  adobeOnly(url: string): string {
    if (isAtAdobe(url, this.#gateway.adobePassOrigins)) return url;
    throw new Problem(502, 'unexpected_url', 'the page to sign in is not at Adobe Pass');
  }
}

/** The chosen provider can't be had: another can, with the same code. The message is Adobe's. */
export class ProviderRefused extends Problem {
  override name = 'ProviderRefused';

  constructor({ code, message, reason, details, trace }: DevicePassError) {
    super(409, code, details ?? reason ?? message, trace === undefined ? {} : { trace });
  }
}

/** As Adobe says that nobody waits for a code. */
const UNKNOWN_CODES = codesThatEnd('code');

/** @returns what a failed choice comes to, on a page or in the API */
function refusedProvider(error: unknown): unknown {
  if (!(error instanceof DevicePassError) || error.retryable) return error;
  const { code, status } = error;
  if (UNKNOWN_CODES.includes(code)) {
    return new Problem(404, 'unknown_code', 'nobody waits for it any more: look at your TV');
  }
  const isOfProvider = status !== undefined && status !== 401;
  return isOfProvider || code === 'provider_unavailable' ? new ProviderRefused(error) : error;
}

/** What could be a code: anything else costs no call to Adobe. */
export function isPossible(typed: string): boolean {
  return /^[A-Z0-9]{4,16}$/.test(plainCode(typed));
}
