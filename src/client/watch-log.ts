import type { LogEntry } from '@temporalio/worker';

/** A log in the manner of pino. */
export interface WatchLogger {
  warn: (details: object, message: string) => void;
  error: (details: object, message: string) => void;
}

/** One line each, on standard error. */
export const toStandardError: WatchLogger = {
  warn: (details, message) => console.warn(line(details, message)),
  error: (details, message) => console.error(line(details, message)),
};

function line(details: object, message: string): string {
  const more = Object.keys(details).length > 0 ? ` ${JSON.stringify(details)}` : '';
  return `devicepass: ${message}${more}`;
}

const ONCE_A_MS = 60_000;
const MAX_KINDS = 100;
/** True of a worker that serves activities only, and no reason to warn anybody. */
const EXPECTED = /^No workflows registered/;

/**
 * Writes what the Temporal SDK logs: its warnings and errors, each kind once a minute with the
 * number of repeats. While a server is away it says the same some ten times a second.
 */
export function coalescing(
  logger: WatchLogger,
  now: () => number = Date.now,
): (entry: LogEntry) => void {
  const kinds = new Map<string, { silentUntil: number; repeats: number }>();
  return ({ level, message, meta }) => {
    if ((level !== 'WARN' && level !== 'ERROR') || EXPECTED.test(message)) return;
    const kind = message.replace(/\d+/g, '#').slice(0, 120);
    const known = kinds.get(kind);
    if (known && now() < known.silentUntil) {
      known.repeats += 1;
      return;
    }
    if (kinds.size >= MAX_KINDS) kinds.clear();
    kinds.set(kind, { silentUntil: now() + ONCE_A_MS, repeats: 0 });
    const repeats = known?.repeats ? { repeats: known.repeats } : {};
    const details = { ...failureOf(meta?.['error']), ...repeats };
    logger[level === 'WARN' ? 'warn' : 'error'](details, oneLine(message));
  };
}

/** Nothing else of an entry's details: it may hold a whole request. */
function failureOf(error: unknown): { error?: string } {
  return error instanceof Error ? { error: oneLine(error.message) } : {};
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').slice(0, 500);
}
