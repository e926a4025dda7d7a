import { LRUCache } from 'lru-cache';

/** How often viewers declined what an app's TVs asked for, by software statement, at this gateway. */
export class Declines {
  readonly #counts = new LRUCache<string, number>({ max: 10_000 });

  /** @returns how often by now */
  count(statement: string): number {
    const count = this.of(statement) + 1;
    this.#counts.set(statement, count);
    return count;
  }

  of(statement: string): number {
    return this.#counts.get(statement) ?? 0;
  }
}
