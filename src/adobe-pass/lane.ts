/** What an address may send. */
export interface Rate {
  ratePerSecond: number;
  /** So many at once, the first time. */
  burst: number;
  /** Whether an address that rests has its burst again. Default false: "one-time allowance". */
  burstRefills?: boolean;
}

/** One call that wants a turn. */
export interface Waiting {
  /** Nobody waits for its answer: those who ask go before. */
  scheduled: boolean;
  /** When it gives up, by `performance.now()`. */
  until: number;
  signal?: AbortSignal | undefined;
}

/** `waitMs` above 0: there was no turn in time, and it would take so long. */
export interface Turn {
  waitMs: number;
  /** Because the server wants to be left alone, not because of others. */
  paused?: boolean;
  /** To be called when the server has answered, or has not. */
  answered: () => void;
}

interface Waiter extends Waiting {
  go: (turn: Turn) => void;
}

/** While a poll waits it has each fifth turn at least, so that no crowd keeps it for ever. */
const ASKERS_IN_A_ROW = 4;

/**
 * The turns of one address. Adobe counts one request in each whole second as free, and of the
 * others ten, once (`throttling-mechanism`, "Scenario example"). Only those who ask take of the ten.
 *
 * A free turn comes one interval after the answer to the one before: two that were sent an interval
 * apart may arrive in the same second. A slow answer delays the next by a quarter of an interval.
 */
export class Lane {
  readonly #intervalMs: number;
  readonly #most: number;
  readonly #refills: boolean;
  #burst: number;
  #freeAt = -Infinity;
  #pausedUntil = -Infinity;
  #askers: Waiter[] = [];
  #polls: Waiter[] = [];
  #inARow = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor({ ratePerSecond, burst, burstRefills = false }: Rate) {
    this.#intervalMs = 1000 / ratePerSecond;
    this.#most = burst - 1; // the first call is free
    this.#burst = this.#most;
    this.#refills = burstRefills;
  }

  /** Rejects with the reason of a caller who gives up. */
  async admit(waiting: Waiting): Promise<Turn> {
    waiting.signal?.throwIfAborted();
    const waitMs = this.#estimate(waiting);
    if (!waiting.scheduled && performance.now() + waitMs > waiting.until)
      return this.#noTurn(waitMs);
    const isNobodyWaiting = this.#askers.length === 0 && this.#polls.length === 0;
    if (isNobodyWaiting && waitMs === 0) return this.#take(waiting);
    return this.#inLine(waiting);
  }

  pause(ms: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, performance.now() + ms);
    // The server has no burst left for this address, so neither have we.
    this.#burst = 0;
    this.#next();
  }

  async #inLine(waiting: Waiting): Promise<Turn> {
    return new Promise((resolve, reject) => {
      const line = waiting.scheduled ? this.#polls : this.#askers;
      const leave = () => {
        clearTimeout(timer);
        waiting.signal?.removeEventListener('abort', abort);
        const at = line.indexOf(waiter);
        if (at >= 0) line.splice(at, 1);
      };
      const go = (turn: Turn) => {
        leave();
        resolve(turn);
      };
      const abort = () => {
        leave();
        reject(waiting.signal?.reason as Error);
      };
      const waiter: Waiter = { ...waiting, go };
      const timer = timerUntil(waiting.until, () => {
        go(this.#noTurn(this.#estimate(waiting)));
      });
      waiting.signal?.addEventListener('abort', abort, { once: true });
      // Who has the least time left goes first: who has begun with a device's four calls ends them.
      const behind = line.findIndex(({ until }) => !waiting.scheduled && until > waiting.until);
      line.splice(behind < 0 ? line.length : behind, 0, waiter);
      this.#next();
    });
  }

  /** Lets go whoever may; else looks again when the next may. */
  #next(): void {
    clearTimeout(this.#timer);
    for (;;) {
      const pollFirst = this.#polls.length > 0 && this.#inARow >= ASKERS_IN_A_ROW;
      const [waiter] = pollFirst || this.#askers.length === 0 ? this.#polls : this.#askers;
      if (!waiter) return;
      const startsAt = this.#startsAt(waiter);
      if (startsAt > performance.now()) {
        this.#timer = timerUntil(startsAt, () => this.#next());
        return;
      }
      waiter.go(this.#take(waiter));
    }
  }

  #startsAt({ scheduled }: Waiting): number {
    const byRate = !scheduled && this.#burst >= 1 ? -Infinity : this.#freeAt;
    return Math.max(byRate, this.#pausedUntil);
  }

  #take({ scheduled }: Waiting): Turn {
    const now = performance.now();
    this.#inARow = scheduled ? 0 : this.#inARow + 1;
    if (now < this.#freeAt) {
      this.#burst -= 1;
      return { waitMs: 0, answered: () => {} };
    }
    if (this.#refills && this.#freeAt > 0) {
      const rested = (now - this.#freeAt) / this.#intervalMs;
      this.#burst = Math.min(this.#most, this.#burst + rested);
    }
    const free = now + 1.25 * this.#intervalMs;
    this.#freeAt = free;
    return { waitMs: 0, answered: () => this.#answered(free) };
  }

  #answered(free: number): void {
    if (free !== this.#freeAt) return; // a later call has taken the next free turn
    this.#freeAt = Math.min(free, performance.now() + this.#intervalMs);
    this.#next();
  }

  #noTurn(waitMs: number): Turn {
    const paused = this.#pausedUntil > performance.now();
    return { waitMs: Math.max(1, waitMs), paused, answered: () => {} };
  }

  /** In ms, if all who are in line before it go and nobody comes. */
  #estimate(waiting: Waiting): number {
    const now = performance.now();
    const before = this.#askers.filter(({ until }) => until <= waiting.until).length;
    const first = Math.max(0, this.#startsAt(waiting) - now);
    return Math.ceil(first + before * this.#intervalMs);
  }
}

/** A timer may be early, and knows no time beyond 24 days. */
function timerUntil(at: number, then: () => void): NodeJS.Timeout {
  const ms = Math.max(0, at - performance.now());
  return setTimeout(then, Math.min(Math.ceil(ms), 2 ** 31 - 1));
}
