import { TokenBucket } from 'limiter';
import { LRUCache } from 'lru-cache';
import type { ThrottleRate } from './options.ts';

const blockMs = 1000;

interface Device {
  bucket: TokenBucket;
  blockedUntil: number;
}

/**
 * "Throttling mechanism": a token bucket per device. A device over its limit stays blocked until a
 * second after the first refused request, and then has one request.
 */
export class Throttle {
  readonly #devices = new LRUCache<string, Device>({ max: 100_000 });
  readonly #rate: ThrottleRate | undefined;

  constructor(rate: ThrottleRate | undefined) {
    this.#rate = rate;
  }

  /** Takes one request of the device's share; false means 429. */
  allows(key: string): boolean {
    if (this.#rate === undefined) return true;
    const device = this.#devices.get(key) ?? this.#add(key, this.#rate);
    const now = performance.now();
    if (now < device.blockedUntil) return false;
    if (device.blockedUntil > 0) {
      device.blockedUntil = 0;
      device.bucket.drip();
      device.bucket.content = Math.max(device.bucket.content, 1);
    }
    if (device.bucket.tryRemoveTokens(1)) return true;
    device.blockedUntil = now + blockMs;
    return false;
  }

  /** Gives every device its burst back. */
  clear(): void {
    this.#devices.clear();
  }

  #add(key: string, { ratePerSecond, burst }: ThrottleRate): Device {
    const bucket = new TokenBucket({
      bucketSize: burst,
      tokensPerInterval: ratePerSecond,
      interval: 'second',
    });
    bucket.content = burst; // the library starts it empty
    const device = { bucket, blockedUntil: 0 };
    this.#devices.set(key, device);
    return device;
  }
}
