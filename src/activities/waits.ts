import { LRUCache } from 'lru-cache';

interface Whose {
  app: string;
  deviceId: string;
}

interface Wait {
  stop: () => void;
}

/** At least so long lies between any two questions for one code, whoever asks. */
export const QUESTION_DISTANCE_MS = 1_000;
const REMEMBERED_CODES = 50_000;

/**
 * The waits for a login that run in this process. A long activity hears of its cancellation by
 * heartbeat only, up to 45 s late; in the same process this registry stops it at once. It also
 * knows when a code was last asked for, so that a nudge keeps its distance.
 */
export class Waits {
  readonly #running = new Map<string, Set<Wait>>();
  readonly #askedAt = new LRUCache<string, number>({ max: REMEMBERED_CODES });
  readonly #nudgedAt = new LRUCache<string, number>({ max: REMEMBERED_CODES });

  /** Registers a wait; its signal fires when it is stopped. Call `end` when the wait is over. */
  begin(whose: Whose): { signal: AbortSignal; end: () => void } {
    const controller = new AbortController();
    const wait: Wait = { stop: () => controller.abort() };
    const key = deviceKey(whose);
    const running = this.#running.get(key) ?? new Set<Wait>();
    this.#running.set(key, running.add(wait));
    const end = () => {
      running.delete(wait);
      if (running.size === 0 && this.#running.get(key) === running) this.#running.delete(key);
    };
    return { signal: controller.signal, end };
  }

  /** Stops whatever waits for this device here. */
  stop(whose: Whose): { stopped: number } {
    const waits = [...(this.#running.get(deviceKey(whose)) ?? [])];
    for (const wait of waits) wait.stop();
    return { stopped: waits.length };
  }

  /** Notes that Adobe is being asked for this code now. */
  asked(code: string, now = Date.now()): void {
    this.#askedAt.set(code, now);
  }

  /** The same for a question out of turn; scheduled polls keep their distance from it. */
  nudged(code: string, now = Date.now()): void {
    this.asked(code, now);
    this.#nudgedAt.set(code, now);
  }

  /** When this process last asked for the code out of turn, ms since the epoch. */
  lastNudge(code: string): number | undefined {
    return this.#nudgedAt.get(code);
  }

  /** When this process last asked for the code, ms since the epoch. */
  lastAsked(code: string): number | undefined {
    return this.#askedAt.get(code);
  }

  /** How many waits run here. */
  get size(): number {
    return [...this.#running.values()].reduce((sum, waits) => sum + waits.size, 0);
  }
}

function deviceKey({ app, deviceId }: Whose): string {
  return `${app}:${deviceId}`;
}
