import { bulkhead } from 'cockatiel';
import { untilAborted } from './until-aborted.ts';

/** Does a piece of work in its turn; rejects with the signal's reason as soon as it aborts. */
export type Slots = <T>(work: () => Promise<T>, signal: AbortSignal) => Promise<T>;

/**
 * So many at once, and so many more may wait; the rest is refused with `BulkheadRejectedError`. Who
 * has given up passes the turn on: the library itself, told of the signal, would keep it, and those
 * behind would wait for nothing.
 */
export function createSlots(atOnce: number, waiting: number): Slots {
  const slots = bulkhead(atOnce, waiting);
  return async (work, signal) => {
    const done = slots.execute(async () => {
      signal.throwIfAborted();
      return work();
    });
    return untilAborted(done, signal);
  };
}
