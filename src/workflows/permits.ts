/** A permit is worth repeating for an hour: packages change, and the profile may end sooner. */
const LIFE_MS = 3_600_000;

/** What was permitted lately, by resource, for filtering only (PRE-05, S2S-09). Times in ms. */
export class Permits {
  readonly #until = new Map<string, number>();

  hold(resource: string, now: number): boolean {
    return (this.#until.get(resource) ?? 0) > now;
  }

  /** @param profileEndsAt - no permit outlives the profile that it was given to */
  add(resource: string, now: number, profileEndsAt: number): void {
    this.#until.set(resource, Math.min(now + LIFE_MS, profileEndsAt));
  }

  remove(resource: string): void {
    this.#until.delete(resource);
  }

  clear(): void {
    this.#until.clear();
  }
}
