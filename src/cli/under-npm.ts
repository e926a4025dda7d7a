/** Between two looks, in ms. */
const LOOK_EVERY_MS = 500;

/**
 * `npx` and `npm run` put a shell between themselves and a command, and hand a signal to that shell
 * alone: it dies, and whoever it started would run on. So a command of theirs whose parent has gone ends
 * as if it had got the signal.
 */
export function endWithNpm(): void {
  if (process.env['npm_lifecycle_event'] === undefined) return;
  const parent = process.ppid;
  const looking = setInterval(() => {
    if (process.ppid !== parent) process.kill(process.pid, 'SIGTERM');
  }, LOOK_EVERY_MS).unref();
  // Ctrl+C reaches the shell and us: a second signal would cut the tidying up short.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      clearInterval(looking);
      if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
    });
  }
}
