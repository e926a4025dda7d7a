import { LRUCache } from 'lru-cache';
import type { ThrottleRate } from './options.ts';

interface Device {
  /** When it asked first: its seconds count from there. */
  since: number;
  /** The last of its seconds in which a request was free. */
  second: number;
  burstLeft: number;
}

/**
 * "Throttling mechanism", as its scenario counts: of the requests in each whole second since the
 * first one the first is free, and the others are taken from a burst that never comes back. By the
 * other reading, of servers that refill, each second in which nothing came gives one back.
 */
export class Throttle {
  readonly #devices = new LRUCache<string, Device>({ max: 100_000 });
  readonly #rate: ThrottleRate | undefined;

  constructor(rate: ThrottleRate | undefined) {
    this.#rate = rate;
  }

  /** Takes one request of the device's share; false means 429. */
  allows(key: string, now = performance.now()): boolean {
    if (this.#rate === undefined) return true;
    const { ratePerSecond, burst, burstRefills = false } = this.#rate;
    const device = this.#devices.get(key) ?? { since: now, second: -1, burstLeft: burst };
    this.#devices.set(key, device);
    const second = Math.floor(((now - device.since) * ratePerSecond) / 1000);
    if (second > device.second) {
      const rested = second - device.second - 1;
      if (burstRefills) device.burstLeft = Math.min(burst, device.burstLeft + rested);
      device.second = second;
      return true;
    }
    if (device.burstLeft < 1) return false;
    device.burstLeft -= 1;
    return true;
  }

  /** Gives every device its burst back. */
  clear(): void {
    this.#devices.clear();
  }
}
