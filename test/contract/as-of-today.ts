/** Moves the moments of a recorded answer, in milliseconds, as if what was made last were made now. */
export function asOfToday<T>(answer: T, then = lastMade(answer)): T {
  if (then === undefined) return answer;
  const byMs = Date.now() - then;
  const move = (value: unknown): unknown => {
    if (typeof value === 'number' && value >= then && value < 1e13) return value + byMs;
    if (typeof value === 'string' && /^\d{13}$/.test(value)) return String(Number(value) + byMs);
    if (Array.isArray(value)) return value.map(move);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, move(each)]));
  };
  return move(answer) as T;
}

/** When the youngest thing in it was made; undefined where nothing is dated. */
function lastMade(answer: unknown): number | undefined {
  const text = JSON.stringify(answer) ?? '';
  const made = [...text.matchAll(/"notBefore":\s*"?(\d{13})\b/g)].map(([, ms]) => Number(ms));
  return made.length === 0 ? undefined : Math.max(...made);
}
