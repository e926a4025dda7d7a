/** The end of year 9999: later ends, such as the largest number there is, mean "for ever". */
export const FARTHEST_MS = 253_402_300_799_000;
/** As milliseconds this is March 1973, as seconds the year 5138. */
const SECONDS_BELOW = 1e11;

/**
 * Epoch milliseconds of a time of Adobe's: a number or a string, milliseconds or seconds, or a date.
 * Sessions send strings, everything else numbers, the date of registration alone is in seconds.
 * Undefined for what is no time.
 */
export function epochMs(value: unknown): number | undefined {
  if (typeof value === 'number') return fromNumber(value);
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  if (/^\d+(\.\d+)?$/.test(text)) return fromNumber(Number(text));
  if (/^[A-Z][a-z]{2}, .*GMT$/.test(text)) return fromNumber(Date.parse(text));
  const [iso, , , zone] = /^(\d{4}-\d\d-\d\d)([T ][\d:.]+)?(Z|[+-]\d\d:?\d\d)?$/i.exec(text) ?? [];
  return iso === undefined ? undefined : fromNumber(Date.parse(zone ? iso : `${iso}Z`));
}

function fromNumber(value: number): number | undefined {
  // -1 is not the year before 1970: it means nothing that could be told.
  if (Number.isNaN(value) || value < 0) return undefined;
  const ms = value < SECONDS_BELOW ? value * 1000 : value;
  return Math.min(Math.round(ms), FARTHEST_MS);
}
