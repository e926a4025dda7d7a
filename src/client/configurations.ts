import { LRUCache } from 'lru-cache';
import type { Configuration, DeviceFacts } from '../adobe-pass/index.ts';

/** The configuration is worth two minutes (CFG-08, CFG-09: 2 to 5 by the documents). */
const LIFE_MS = 120_000;

interface Kept {
  configuration: Configuration;
  until: number;
}

/** Lists of providers, of an app and a platform each: Adobe has one by platform (CFG-09). */
export class Configurations {
  readonly #kept = new LRUCache<string, Kept>({ max: 500 });
  readonly #underWay = new Map<string, Promise<Configuration>>();
  readonly #now: () => number;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** The list, fetched anew when the last one is older than two minutes; once for all who ask. */
  async of(key: string, fetch: () => Promise<Configuration>): Promise<Configuration> {
    const kept = this.#kept.get(key);
    if (kept && kept.until > this.#now()) return kept.configuration;
    const underWay = this.#underWay.get(key) ?? this.#fetch(key, fetch);
    this.#underWay.set(key, underWay);
    return underWay;
  }

  /** The last list, of whatever age: enough to know the name of a provider. */
  known(key: string): Configuration | undefined {
    return this.#kept.get(key)?.configuration;
  }

  async #fetch(key: string, fetch: () => Promise<Configuration>): Promise<Configuration> {
    try {
      const configuration = await fetch();
      this.#kept.set(key, { configuration, until: this.#now() + LIFE_MS });
      return configuration;
    } finally {
      this.#underWay.delete(key);
    }
  }
}

/** What of a device's facts says which platform it is. */
export function platformOf({ primaryHardwareType, osName, model }: DeviceFacts): string {
  return JSON.stringify([primaryHardwareType ?? '', osName, model]);
}
