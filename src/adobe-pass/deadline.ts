/** The time a call has, and the caller's wish to end it, as one signal. */
export interface Deadline {
  /** Aborts when the time is up, or when the caller aborts. */
  readonly signal: AbortSignal;
  /** Milliseconds left, at least 0. */
  remainingMs(): number;
  /** True when the time ran out before the caller aborted. */
  expired(): boolean;
  /** Ends the timer; call it always. */
  dispose(): void;
}

/** Starts the time of a call; an already aborted caller's signal aborts at once. */
export function startDeadline(timeoutMs: number, caller?: AbortSignal): Deadline {
  const controller = new AbortController();
  const endsAt = performance.now() + timeoutMs;
  let expired = false;
  const timer = setTimeout(() => {
    expired = !controller.signal.aborted;
    controller.abort(new Error('timeout'));
  }, timeoutMs);
  const onAbort = () => controller.abort(caller?.reason);
  if (caller?.aborted) onAbort();
  caller?.addEventListener('abort', onAbort, { once: true });
  return {
    signal: controller.signal,
    remainingMs: () => Math.max(0, endsAt - performance.now()),
    expired: () => expired,
    dispose() {
      clearTimeout(timer);
      caller?.removeEventListener('abort', onAbort);
    },
  };
}
