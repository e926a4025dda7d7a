import { LRUCache } from 'lru-cache';

/** The same ten minutes at every gateway: what they tell each other can be added up. */
const WINDOW_MS = 600_000;
const MOST_KEYS = 200_000;
/** Others hear of so many changes at most, where many wait to be told. */
const MOST_TO_REPORT = 20_000;

/** What was spent here in these ten minutes, and what other gateways of the farm are known to have spent. */
export class Counts {
  readonly #here = new LRUCache<string, number>({ max: MOST_KEYS });
  readonly #elsewhere = new LRUCache<string, number>({ max: MOST_KEYS });
  readonly #now: () => number;
  readonly #named: (key: string) => string;
  /** Told of each change that concerns others. */
  onSpent = () => {};
  #window = 0;
  /** What the others know of what was spent here. */
  readonly #told = new LRUCache<string, number>({ max: MOST_KEYS });
  readonly #toReport = new LRUCache<string, number>({ max: MOST_TO_REPORT });

  /** @param named - What a key is called here and elsewhere, so that it tells nobody whose it is */
  constructor({
    now = Date.now,
    named = (key) => key,
  }: { now?: () => number; named?: (key: string) => string } = {}) {
    this.#now = now;
    this.#named = named;
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
    const name = this.#named(key);
    return (this.#here.get(name) ?? 0) + (this.#elsewhere.get(name) ?? 0);
  }

  /** @param most what it is limited to, for whoever adds up; absent for what concerns nobody else */
  spend(key: string, most?: number): void {
    this.#change(this.#named(key), 1, most);
  }

  giveBack(key: string, most?: number): void {
    const name = this.#named(key);
    if ((this.#here.get(name) ?? 0) > 0) this.#change(name, -1, most);
  }

  /** Each window begins with nothing spent. */
  #roll(): void {
    const window = Math.floor(this.#now() / WINDOW_MS);
    if (window === this.#window) return;
    this.#window = window;
    this.#here.clear();
    this.#elsewhere.clear();
    this.#told.clear();
    this.#toReport.clear();
  }

  #change(key: string, by: number, most: number | undefined): void {
    this.#roll();
    this.#here.set(key, (this.#here.get(key) ?? 0) + by);
    if (most === undefined) return;
    this.#toReport.set(key, most);
    this.onSpent();
  }

  /** What changed since it was last taken, so many keys at most: last what nobody has spent for longest. */
  takeChanged(count: number): { key: string; here: number; most: number }[] {
    this.#roll();
    const changed: { key: string; here: number; most: number }[] = [];
    for (const [key, most] of this.#toReport.entries()) {
      if (changed.length === count) break;
      changed.push({ key, here: this.#here.get(key) ?? 0, most });
    }
    for (const { key } of changed) this.#toReport.delete(key);
    return changed;
  }

  /** Others could not be told: next time. */
  putBack(changed: readonly { key: string; most: number }[], window: number): void {
    if (window !== this.window) return;
    for (const { key, most } of changed) this.#toReport.set(key, most);
  }

  /** What all spent together, as answered to what was told. Nothing is said of keys that few use. */
  learn(
    totals: Record<string, number>,
    told: readonly { key: string; here: number }[],
    window: number,
  ) {
    if (window !== this.window) return;
    const here = new Map(told.map((each) => [each.key, each.here]));
    for (const [key, total] of Object.entries(totals)) {
      const own = here.get(key) ?? this.#told.get(key) ?? 0;
      this.#told.set(key, own);
      this.#elsewhere.set(key, Math.max(0, total - own));
    }
  }
}
