import { bulkhead } from 'cockatiel';
import { untilAborted } from './until-aborted.ts';

/**
 * Does a piece of work in its turn; who waits for it is rejected with the signal's reason as soon as it
 * aborts. Work that has begun hears of that by itself.
 */
export type Slots = <T>(work: () => Promise<T>, signal: AbortSignal) => Promise<T>;

/**
 * So many at once, and so many more may wait; the rest is refused with `BulkheadRejectedError`. Who
 * has given up passes the turn on: the library itself, told of the signal, would keep it, and those
 * behind would wait for nothing.
 */
export function createSlots(atOnce: number, waiting: number): Slots {
  const slots = bulkhead(atOnce, waiting);
  return async (work, signal) => {
    signal.throwIfAborted();
    // What need not wait ends by itself when the signal aborts.
    if (slots.executionSlots > 0) return slots.execute(work);
    const done = slots.execute(async () => {
      signal.throwIfAborted();
      return work();
    });
    return untilAborted(done, signal);
  };
}
