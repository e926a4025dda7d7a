import { LRUCache } from 'lru-cache';
import type { Gateway } from './context.ts';

/** A page loaded again and again nudges no more often than this. */
const NUDGE_EVERY_MS = 1_000;

/**
 * The viewer's browser came back from the provider: the TV's workflow asks Adobe at once. The
 * handle in the address is sealed, so that nobody can nudge what they did not open.
 */
export class Returned {
  readonly #gateway: Gateway;
  readonly #nudged = new LRUCache<string, true>({ max: 10_000, ttl: NUDGE_EVERY_MS });

  constructor(gateway: Gateway) {
    this.#gateway = gateway;
  }

  /**
   * @param url path and query of the page
   * @throws DevicePassError `unknown_handle`, `temporal_unavailable`
   */
  async nudge(url: string): Promise<void> {
    const { pass, settings, quotas } = this.#gateway;
    const returned = new URL(url, settings.issuer);
    // By handle: whatever else stands in the address, it is the same TV.
    const handle = returned.searchParams.get('device') ?? '';
    if (this.#nudged.has(handle)) return;
    // Who reloads on and on is answered by the scheduled polls.
    if (quotas.nudge(handle) !== undefined) return;
    this.#nudged.set(handle, true);
    try {
      await pass.browserReturned(returned.href);
    } catch (error) {
      this.#nudged.delete(handle);
      throw error;
    }
  }
}
