import { setTimeout as sleep } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import { DevicePassError, type ReturnedLogin, type Standing } from '../client.ts';
import { tooMany } from './api/problem.ts';
import { isPossible } from './codes.ts';
import type { Gateway } from './context.ts';

/** A page loaded again and again nudges no more often than this. */
const NUDGE_EVERY_MS = 1_000;
/** The workflow asks Adobe at once, but never twice within a second. */
const WAIT_MS = 2_500;
const ASK_EVERY_MS = 150;

/** The browser that came back. */
export interface Browser {
  /** Path and query of the page. */
  url: string;
  ip: string;
  /** The code that was typed in it. */
  code?: string | undefined;
}

/** Where the TV stands, and the address where that can be asked again. */
export interface Settled {
  standing: Standing;
  /** Absolute, with a handle that can be read. */
  url: string;
}

/**
 * The viewer's browser came back from the provider: the TV's workflow asks Adobe at once. The
 * handle in the address is sealed, so that nobody can nudge what they did not open. Counted by what
 * is sealed in it: the text has many spellings.
 */
export class Returned {
  readonly #gateway: Gateway;
  readonly #nudged = new LRUCache<string, true>({ max: 10_000, ttl: NUDGE_EVERY_MS });
  readonly #settling = new Map<string, Promise<Standing>>();

  constructor(gateway: Gateway) {
    this.#gateway = gateway;
  }

  /**
   * Where the TV stands once the answer to the nudge is there, or nobody can wait any longer. All who
   * load the page at one time wait together.
   *
   * @throws DevicePassError `unknown_handle`, `temporal_unavailable`
   */
  async settled(browser: Browser): Promise<Settled> {
    const login = await this.#login(browser);
    const { workflowId, url } = login;
    const settling =
      this.#settling.get(workflowId) ??
      this.#settle(login).finally(() => this.#settling.delete(workflowId));
    this.#settling.set(workflowId, settling);
    return { standing: await settling, url };
  }

  /** An address that lost its handle on the way is no dead end, if the browser knows the code. */
  async #login({ url, ip, code }: Browser): Promise<ReturnedLogin> {
    const { pass, settings, quotas } = this.#gateway;
    const returned = new URL(url, settings.issuer).href;
    try {
      return await pass.returnedLogin(returned);
    } catch (error) {
      if (!isUnknown(error) || code === undefined || !isPossible(code)) throw error;
    }
    // A cookie can be made up: who guesses codes here is counted as who types them.
    await quotas.upToDate();
    const retryAfter = quotas.codeTry(ip);
    if (retryAfter !== undefined) throw tooMany('too many wrong codes: wait', retryAfter);
    let isGuess = false;
    try {
      return await pass.returnedLogin(returned, code);
    } catch (error) {
      isGuess = isUnknown(error);
      throw error;
    } finally {
      if (!isGuess) quotas.codeWasKnown(ip);
    }
  }

  async #settle(login: ReturnedLogin): Promise<Standing> {
    let standing = await login.standing();
    if (standing.status !== 'pending') return standing;
    // Who reloads on and on is answered by the scheduled polls.
    if (!(await this.#nudge(login))) return standing;
    const until = Date.now() + WAIT_MS;
    while (standing.status === 'pending' && Date.now() < until) {
      await sleep(ASK_EVERY_MS);
      const before: Standing = standing;
      standing = await login.standing().catch((error: unknown) => {
        if (error instanceof DevicePassError && error.retryable) return before;
        throw error;
      });
    }
    return standing;
  }

  /** @returns whether an answer may be on its way */
  async #nudge(login: ReturnedLogin): Promise<boolean> {
    const { workflowId } = login;
    if (this.#nudged.has(workflowId)) return true;
    if (this.#gateway.quotas.nudge(workflowId) !== undefined) return false;
    this.#nudged.set(workflowId, true);
    try {
      await login.browserReturned();
      return true;
    } catch (error) {
      this.#nudged.delete(workflowId);
      throw error;
    }
  }
}

function isUnknown(error: unknown): boolean {
  return error instanceof DevicePassError && error.code === 'unknown_handle';
}
