import { LRUCache } from 'lru-cache';

/** The same ten minutes at every gateway: what they tell each other can be added up. */
const WINDOW_MS = 600_000;
const MOST_KEYS = 200_000;

/** What was spent here in these ten minutes, and what other gateways of the farm are known to have spent. */
export class Counts {
  readonly #here = new LRUCache<string, number>({ max: MOST_KEYS });
  readonly #elsewhere = new LRUCache<string, number>({ max: MOST_KEYS });
  readonly #now: () => number;
  #window = 0;
  readonly #toReport = new Map<string, number>();

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** Number of the present ten minutes. */
  get window(): number {
    this.#roll();
    return this.#window;
  }

  secondsLeft(): number {
    return Math.max(1, Math.ceil(((this.window + 1) * WINDOW_MS - this.#now()) / 1000));
  }

  of(key: string): number {
    this.#roll();
    return (this.#here.get(key) ?? 0) + (this.#elsewhere.get(key) ?? 0);
  }

  /** @param most what it is limited to, for whoever adds up; absent for what concerns nobody else */
  spend(key: string, most?: number): void {
    this.#change(key, 1, most);
  }

  giveBack(key: string, most?: number): void {
    if ((this.#here.get(key) ?? 0) > 0) this.#change(key, -1, most);
  }

  /** Each window begins with nothing spent. */
  #roll(): void {
    const window = Math.floor(this.#now() / WINDOW_MS);
    if (window === this.#window) return;
    this.#window = window;
    this.#here.clear();
    this.#elsewhere.clear();
    this.#toReport.clear();
  }

  #change(key: string, by: number, most: number | undefined): void {
    this.#roll();
    this.#here.set(key, (this.#here.get(key) ?? 0) + by);
    if (most !== undefined) this.#toReport.set(key, most);
  }

  /** What changed since it was last taken, so many keys at most. */
  takeChanged(count: number): { key: string; here: number; most: number }[] {
    this.#roll();
    const changed = [...this.#toReport].slice(0, count);
    for (const [key] of changed) this.#toReport.delete(key);
    return changed.map(([key, most]) => ({ key, here: this.#here.get(key) ?? 0, most }));
  }

  /** Others could not be told: next time. */
  putBack(changed: readonly { key: string; most: number }[], window: number): void {
    if (window !== this.window) return;
    for (const { key, most } of changed) this.#toReport.set(key, most);
  }

  learn(key: string, elsewhere: number, window: number): void {
    if (window === this.window) this.#elsewhere.set(key, Math.max(0, elsewhere));
  }
}
