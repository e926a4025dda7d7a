/**
 * Notices that this process stood still: stopped, starved, or asleep with its machine.
 *
 * @param times - In ms: how often to look at the clock, and what is too long between two looks
 */
export function watchForStalls(
  { tick, stalledAfter }: { tick: number; stalledAfter: number },
  until: AbortSignal,
  stalled: () => void,
): void {
  let last = Date.now();
  const clock = setInterval(() => {
    const now = Date.now();
    if (now - last > stalledAfter) stalled();
    last = now;
  }, tick).unref();
  until.addEventListener('abort', () => clearInterval(clock), { once: true });
}
