import { setTimeout as sleep } from 'node:timers/promises';
import { TokenBucket } from 'limiter';
import { LRUCache } from 'lru-cache';
import type { Deadline } from './deadline.ts';

/** Keeps each device within Adobe's allowance, before Adobe has to (`throttling-mechanism`). */
export interface Throttle {
  /**
   * Waits for the address's turn. Resolves to 0 when it may go, or at once to the wait in
   * milliseconds when that is longer than the deadline allows.
   */
  admit(ip: string, deadline: Deadline): Promise<number>;
  /** Stops an address for a while, after the server refused it. */
  pause(ip: string, ms: number): void;
}

interface Lane {
  bucket: TokenBucket;
  pausedUntil: number;
}

// About 10 MB. An address pushed out begins with a full burst again; Adobe's own throttle remains.
const maxAddresses = 50_000;

/** Makes a throttle; `false` admits everything at once. */
export function createThrottle(
  settings: { ratePerSecond: number; burst: number } | false,
): Throttle {
  if (settings === false) return { admit: () => Promise.resolve(0), pause: () => {} };
  const { ratePerSecond, burst } = settings;
  const lanes = new LRUCache<string, Lane>({ max: maxAddresses });

  function laneOf(ip: string): Lane {
    const known = lanes.get(ip);
    if (known) return known;
    const bucket = new TokenBucket({
      bucketSize: burst,
      tokensPerInterval: ratePerSecond,
      interval: 'second',
    });
    bucket.content = bucket.bucketSize;
    const lane = { bucket, pausedUntil: 0 };
    lanes.set(ip, lane);
    return lane;
  }

  return {
    async admit(ip, deadline) {
      const lane = laneOf(ip);
      const waitMs = Math.max(lane.bucket.getWaitTime(1), pauseOf(lane));
      if (waitMs > deadline.remainingMs()) return waitMs;
      // Taking the token now, below zero if need be, gives those who wait their turn in order.
      lane.bucket.content -= 1;
      try {
        if (waitMs > 0) await sleep(waitMs, undefined, { signal: deadline.signal });
        // Another call of this device may have been refused meanwhile.
        for (let pauseMs = pauseOf(lane); pauseMs > 0; pauseMs = pauseOf(lane)) {
          if (pauseMs > deadline.remainingMs()) {
            lane.bucket.content += 1;
            return pauseMs;
          }
          await sleep(pauseMs, undefined, { signal: deadline.signal });
        }
        return 0;
      } catch (error) {
        lane.bucket.content += 1;
        throw error;
      }
    },
    pause(ip, ms) {
      const lane = laneOf(ip);
      lane.pausedUntil = performance.now() + ms;
      // The server's bucket is empty, so ours is: one request after the pause, not a burst.
      const { bucket } = lane;
      bucket.content = Math.min(bucket.content, 1 - (ms * bucket.tokensPerInterval) / 1000);
    },
  };
}

function pauseOf(lane: Lane): number {
  return Math.ceil(Math.max(0, lane.pausedUntil - performance.now()));
}
