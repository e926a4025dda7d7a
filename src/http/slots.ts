import { bulkhead } from 'cockatiel';

/** Does a piece of work in its turn, unless the signal aborts before. */
export type Slots = <T>(work: () => Promise<T>, signal: AbortSignal) => Promise<T>;

/**
 * So many at once, and so many more may wait; the rest is refused with `BulkheadRejectedError`. Who
 * has given up passes the turn on: the library itself, told of the signal, would keep it, and those
 * behind would wait for nothing.
 */
export function createSlots(atOnce: number, waiting: number): Slots {
  const slots = bulkhead(atOnce, waiting);
  return async (work, signal) =>
    slots.execute(async () => {
      signal.throwIfAborted();
      return work();
    });
}
