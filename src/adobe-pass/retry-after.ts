/** Ten minutes: what asks for more is a mistake, or an outage that is better looked at now and then. */
const MOST_MS = 600_000;
const LEAST_MS = 1_000;

/**
 * How long a server wants to be left alone, in ms: seconds or a date (RFC 9110, section 10.2.3). A
 * date counts by the server's own clock, where it tells the time.
 *
 * @returns between one second and ten minutes, or `undefined` where there is nothing to read
 */
export function readRetryAfter({
  retryAfter,
  date,
}: {
  retryAfter?: string | undefined;
  date?: string | undefined;
}): number | undefined {
  const text = retryAfter?.trim() ?? '';
  if (text === '') return undefined;
  const now = Date.parse(date ?? '') || Date.now();
  const ms = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now;
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, LEAST_MS), MOST_MS);
}
