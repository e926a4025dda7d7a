import { setTimeout as delay } from 'node:timers/promises';

/** Time as this folder sees it, so that a test can run a day in a second. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  /** Resolves after that many milliseconds. */
  sleep(ms: number): Promise<void>;
}

/** The real one. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: async (ms) => delay(ms),
};
