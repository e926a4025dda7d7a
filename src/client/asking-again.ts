/** A question that is asked now and then. */
export interface AskingAgain {
  /** Asks soon, at a moment of its own, for many may be told so at once. */
  soon: () => void;
  stop: () => void;
}

/** After a question that failed, in ms; a tenth of the interval where that is shorter. */
const AFTER_FAILURE_MS = 10_000;

/**
 * Asks again and again, spread over time so that thousands don't ask together. A question that
 * fails is asked again a little later.
 *
 * @param times - In ms: between two questions, and over how long `soon` is spread
 */
export function askingAgain(
  { checkEvery, spread }: { checkEvery: number; spread: number },
  ask: () => Promise<void>,
): AskingAgain {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const within = (ms: number) => {
    clearTimeout(timer);
    if (stopped) return;
    timer = setTimeout(() => void run(), ms).unref();
  };
  const later = (ms: number) => within(ms * (0.8 + 0.4 * Math.random()));

  async function run(): Promise<void> {
    timer = undefined;
    const pause = await ask().then(
      () => checkEvery,
      () => Math.min(AFTER_FAILURE_MS, checkEvery / 10),
    );
    if (timer === undefined) later(pause); // unless `soon` was called meanwhile
  }

  later(checkEvery);
  return {
    soon: () => within(spread * Math.random()),
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
