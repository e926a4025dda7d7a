/** A server whose clock is farther off prints dates of somewhere else, such as a sample's. */
const MOST_MS = 26 * 3_600_000;
/** What the header's whole seconds and the way here explain: then both clocks are the same. */
const NOTHING_MS = 5_000;

/** How far Adobe's clock is ahead of ours, as far as its answers tell. */
export class AdobeClock {
  #aheadMs: number | undefined;

  /** What Adobe has just made, such as a session, is dated by the clock of its lives. */
  madeNow(madeAt: number | undefined, heardAt: number): void {
    if (madeAt === undefined) return;
    const aheadMs = aheadOf(madeAt, heardAt);
    if (isPlausible(aheadMs)) this.#aheadMs = aheadMs;
  }

  /** By what was made here last; undefined before the first. */
  get aheadMs(): number | undefined {
    return this.#aheadMs;
  }
}

/** How far a clock that shows `theirs` is ahead of ours; nothing, where they differ by seconds. */
export function aheadOf(theirs: number, ours: number): number {
  const aheadMs = theirs - ours;
  return Math.abs(aheadMs) < NOTHING_MS ? 0 : aheadMs;
}

/** Whether a clock may be that far off, in milliseconds. */
export function isPlausible(aheadMs: number): boolean {
  return Math.abs(aheadMs) <= MOST_MS;
}
