import { setTimeout as sleep } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import { DevicePassError, type Standing } from '../client.ts';
import { workflowIdOf } from '../client/handle.ts';
import type { Gateway } from './context.ts';

/** A page loaded again and again nudges no more often than this. */
const NUDGE_EVERY_MS = 1_000;
/** The workflow asks Adobe at once, but never twice within a second. */
const WAIT_MS = 2_500;
const ASK_EVERY_MS = 150;

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
   * @param url path and query of the page
   * @throws DevicePassError `unknown_handle`, `temporal_unavailable`
   */
  async settled(url: string): Promise<Standing> {
    const { pass, settings, sealingKeys } = this.#gateway;
    const returned = new URL(url, settings.issuer).href;
    const workflowId = await workflowIdOf({ keys: sealingKeys }, returned);
    const settling =
      this.#settling.get(workflowId) ??
      this.#settle(workflowId, returned, () => pass.standingAt(returned)).finally(() =>
        this.#settling.delete(workflowId),
      );
    this.#settling.set(workflowId, settling);
    return settling;
  }

  async #settle(
    workflowId: string,
    returned: string,
    ask: () => Promise<Standing>,
  ): Promise<Standing> {
    let standing = await ask();
    if (standing.status !== 'pending') return standing;
    // Who reloads on and on is answered by the scheduled polls.
    if (!(await this.#nudge(workflowId, returned))) return standing;
    const until = Date.now() + WAIT_MS;
    while (standing.status === 'pending' && Date.now() < until) {
      await sleep(ASK_EVERY_MS);
      const before: Standing = standing;
      standing = await ask().catch((error: unknown) => {
        if (error instanceof DevicePassError && error.retryable) return before;
        throw error;
      });
    }
    return standing;
  }

  /** @returns whether an answer may be on its way */
  async #nudge(workflowId: string, returned: string): Promise<boolean> {
    const { pass, quotas } = this.#gateway;
    if (this.#nudged.has(workflowId)) return true;
    if (quotas.nudge(workflowId) !== undefined) return false;
    this.#nudged.set(workflowId, true);
    try {
      await pass.browserReturned(returned);
      return true;
    } catch (error) {
      this.#nudged.delete(workflowId);
      throw error;
    }
  }
}
