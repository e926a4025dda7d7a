import { LRUCache } from 'lru-cache';

/** At least so long lies between any two questions for one code, whoever asks. */
export const QUESTION_DISTANCE_MS = 1_000;
const REMEMBERED_CODES = 50_000;

/** When this process last asked Adobe for a code: polls and nudges keep their distance by it. */
export class Questions {
  readonly #askedAt = new LRUCache<string, number>({ max: REMEMBERED_CODES });
  readonly #nudgedAt = new LRUCache<string, number>({ max: REMEMBERED_CODES });

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
}

/**
 * Polls are due at full fifths of a second: some together, and the process sleeps in between. That takes two
 * thirds of the CPU time of polls that come each at its own moment.
 */
const TICK_MS = 200;

/** The first moment from this one on (ms since the epoch) at which polls are due. */
export function atTick(moment: number): number {
  return Math.ceil(moment / TICK_MS) * TICK_MS;
}

/** Of those that are due together, and a timer that is late. */
const IN_TIME_MS = 20;

/** Whether a poll that was due then goes out in time, so that the next one is due an interval after. */
export function isInTime(due: number): boolean {
  return Date.now() - due < IN_TIME_MS;
}
