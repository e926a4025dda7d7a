/** A TV needs one; a network that broke may leave some behind until the heartbeat notices. */
const MOST_PER_DEVICE = 4;

/** The event streams that are open, and what ends each of them. */
export class Streams {
  readonly #open = new Map<string, Set<() => void>>();
  readonly #stopping: AbortSignal;

  /** @param stopping ends all of them */
  constructor(stopping: AbortSignal) {
    this.#stopping = stopping;
    stopping.addEventListener(
      'abort',
      () => {
        for (const ends of this.#open.values()) for (const end of ends) end();
      },
      { once: true },
    );
  }

  /**
   * One more stream of a device, until somebody calls `end`, or `expiresAt` (ms since the epoch). When
   * there are too many, the oldest ends.
   */
  begin(device: string, expiresAt: number): { signal: AbortSignal; end: () => void } {
    const ends = this.#open.get(device) ?? new Set();
    this.#open.set(device, ends);
    const ended = new AbortController();
    const end = () => {
      if (!ends.delete(end)) return;
      clearTimeout(expiry);
      if (ends.size === 0) this.#open.delete(device);
      ended.abort();
    };
    const expiry = setTimeout(end, Math.max(0, expiresAt - Date.now())).unref();
    ends.add(end);
    const [oldest] = ends;
    if (ends.size > MOST_PER_DEVICE) oldest?.();
    if (this.#stopping.aborted) end();
    return { signal: ended.signal, end };
  }
}
