import { LRUCache } from 'lru-cache';
import { type DeviceClient, DevicePassError, type Standing, type WatchOptions } from '../client.ts';

/** Somebody seen this lately is worth a new session at Adobe when a code ends. */
const PRESENT_MS = 120_000;
/** Nobody asked for so long: forget the device. Who comes back registers anew, at any gateway. */
const IDLE_MS = 300_000;

/** One device in memory, and the watch that feeds it. */
interface Entry {
  standing?: Standing;
  /** The watch has begun, or will not. */
  first: Promise<void>;
  device: DeviceClient;
  /** ms since the epoch */
  seenAt: number;
  /** Nobody tells it anything any more. */
  ended: boolean;
  stop: AbortController;
  /** Told of everything, signed-out included; those who poll only wait for the sign-in. */
  followers: Set<() => void>;
  whole: boolean;
}

export interface StandingsOptions {
  /** Most devices to remember. */
  max?: number;
  presentMs?: number;
}

/**
 * Where TVs stand, in memory: fed by the pushes of their workflows (`watch`), so that a poll costs
 * no call to Temporal. Empty after a restart; the first question about a device fills it again.
 */
export class Standings {
  readonly #entries: LRUCache<string, Entry>;
  readonly #presentMs: number;
  readonly #sweep: NodeJS.Timeout;

  constructor(options: StandingsOptions = {}) {
    const { max = 200_000, presentMs = PRESENT_MS } = options;
    this.#entries = new LRUCache({ max, dispose: (entry) => entry.stop.abort() });
    this.#presentMs = presentMs;
    this.#sweep = setInterval(() => this.#forgetIdle(), 30_000).unref();
  }

  /** What memory says, without asking anybody. */
  known(key: string): Standing | undefined {
    return this.#entries.get(key)?.standing;
  }

  /**
   * Where a device stands; the first time asks its workflow, and watches it from then on.
   *
   * @throws DevicePassError
   */
  async of(key: string, device: () => DeviceClient): Promise<Standing> {
    for (let tries = 0; tries < 2; tries += 1) {
      const known = this.#entries.get(key);
      if (known?.ended && !(await this.#stillHolds(known))) this.#entries.delete(key);
      const entry = this.#entries.get(key) ?? this.#watch(key, device, false);
      entry.seenAt = Date.now();
      await entry.first;
      if (entry.standing) return entry.standing;
      // Replaced by a fuller watch before it began: that one knows.
    }
    throw notWatched();
  }

  /**
   * Asks for a code, and watches from the answer on where nobody watches yet: who asks here polls here.
   *
   * @throws DevicePassError
   */
  async authenticate(
    key: string,
    device: DeviceClient,
    wanted: NonNullable<WatchOptions['authenticate']>,
  ): Promise<Standing> {
    if (this.#isWatched(key)) return this.#noted(key, await device.authenticate(wanted));
    const entry = this.#begin(key, device, { whole: false, authenticate: wanted });
    await entry.first;
    const { standing } = entry;
    if (!standing) throw notWatched();
    // Whoever began to watch meanwhile goes on.
    if (this.#isWatched(key)) entry.stop.abort();
    else if (!entry.ended) this.#entries.set(key, entry);
    return this.#noted(key, standing);
  }

  #isWatched(key: string): boolean {
    return this.#entries.peek(key)?.ended === false;
  }

  #noted(key: string, standing: Standing): Standing {
    this.note(key, standing);
    return standing;
  }

  /** What another answer told: a watch that still shows an older code begins anew when asked. */
  note(key: string, { generation }: Standing): void {
    const known = this.#entries.peek(key);
    if (known?.standing?.generation !== generation) this.doubt(key);
  }

  /** Memory may be behind. Who follows is told by pushes anyway, and keeps the connection. */
  doubt(key: string): void {
    if (this.#entries.peek(key)?.followers.size === 0) this.#entries.delete(key);
  }

  /**
   * Every change, beginning with the present, until the signal aborts or the watch breaks; or until
   * the sign-in, which spares the workflow the news of everything after it.
   */
  async *follow(
    key: string,
    device: () => DeviceClient,
    signal: AbortSignal,
    until?: 'signed-in',
  ): AsyncGenerator<Standing, void, undefined> {
    const known = this.#entries.get(key);
    const tells = known && !known.ended && (known.whole || until);
    const entry = tells ? known : this.#watch(key, device, !until);
    let wake = () => {};
    const follower = () => wake();
    entry.followers.add(follower);
    signal.addEventListener('abort', follower, { once: true });
    try {
      await entry.first;
      let told: Standing | undefined;
      for (;;) {
        if (signal.aborted) return;
        if (entry.standing && entry.standing !== told) {
          told = entry.standing;
          yield told;
          if (told.status === until) return;
        } else if (entry.ended) {
          return;
        } else {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      }
    } finally {
      entry.followers.delete(follower);
      entry.seenAt = Date.now();
      signal.removeEventListener('abort', follower);
    }
  }

  stop(): void {
    clearInterval(this.#sweep);
    this.#entries.clear();
  }

  #watch(key: string, device: () => DeviceClient, whole: boolean): Entry {
    // Not the way to make it is kept, which holds on to a request.
    const entry = this.#begin(key, device(), { whole });
    this.#entries.set(key, entry);
    return entry;
  }

  #begin(
    key: string,
    device: DeviceClient,
    { whole, ...asked }: Pick<Entry, 'whole'> & Pick<WatchOptions, 'authenticate'>,
  ): Entry {
    const entry: Entry = {
      first: Promise.resolve(),
      device,
      seenAt: Date.now(),
      ended: false,
      stop: new AbortController(),
      followers: new Set(),
      whole,
    };
    entry.first = new Promise((resolve, reject) => {
      this.#run(entry, asked, resolve)
        .then(resolve, reject)
        .finally(() => {
          entry.ended = true;
          // Who followed until the sign-in asks for tokens next: a query is cheaper than a new watch.
          const done = !whole && entry.standing?.status === 'signed-in';
          if (!done && this.#entries.peek(key) === entry) this.#entries.delete(key);
          for (const wake of entry.followers) wake();
        });
    });
    // Who asked hears of it; a watch that breaks later is begun anew by the next question.
    entry.first.catch(() => undefined);
    return entry;
  }

  async #run(
    entry: Entry,
    asked: Pick<WatchOptions, 'authenticate'>,
    begun: () => void,
  ): Promise<void> {
    const standings = entry.device.watch({
      ...asked,
      signal: entry.stop.signal,
      present: () => entry.followers.size > 0 || Date.now() - entry.seenAt < this.#presentMs,
      ...(entry.whole ? {} : { until: 'signed-in' }),
    });
    for await (const standing of standings) {
      entry.standing = standing;
      begun();
      for (const wake of entry.followers) wake();
    }
  }

  /** Of a sign-in that nobody watches any more: another gateway may have ended it. */
  async #stillHolds({ device, standing }: Entry): Promise<boolean> {
    const { standing: now } = await device.view();
    return now.generation === standing?.generation;
  }

  #forgetIdle(): void {
    const now = Date.now();
    for (const [key, entry] of this.#entries.entries()) {
      if (entry.followers.size === 0 && now - entry.seenAt > IDLE_MS) this.#entries.delete(key);
    }
  }
}

function notWatched(): DevicePassError {
  return new DevicePassError('temporal_unavailable', 'the device can not be watched: ask again', {
    action: 'retry',
    retryable: true,
  });
}
