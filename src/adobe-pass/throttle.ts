import { LRUCache } from 'lru-cache';
import { Lane, type Rate, type Turn, type Waiting } from './lane.ts';

/** Keeps each device within Adobe's allowance, before Adobe has to (`throttling-mechanism`). */
export interface Throttle {
  /** Waits for the address's turn. Rejects with the reason of a caller who gives up. */
  admit(ip: string, waiting: Waiting): Promise<Turn>;
  /** Stops an address for a while, after the server refused it. */
  pause(ip: string, ms: number): void;
}

// About 10 MB. An address pushed out begins with a full burst again; Adobe's own throttle remains.
const maxAddresses = 50_000;

/** Makes a throttle; `false` admits everything at once. */
export function createThrottle(rate: Rate | false): Throttle {
  if (rate === false) {
    return { admit: () => Promise.resolve({ waitMs: 0, answered: () => {} }), pause: () => {} };
  }
  const lanes = new LRUCache<string, Lane>({ max: maxAddresses });
  const laneOf = (ip: string): Lane => {
    const lane = lanes.get(ip) ?? new Lane(rate);
    lanes.set(ip, lane);
    return lane;
  };
  return {
    admit: async (ip, waiting) => laneOf(ip).admit(waiting),
    pause: (ip, ms) => laneOf(ip).pause(ms),
  };
}
