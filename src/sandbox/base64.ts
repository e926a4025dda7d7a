/**
 * The text of a Base64 value in the plain alphabet with padding and without line breaks, which is
 * what all samples use; undefined for anything else.
 */
export function fromBase64(value: string): string | undefined {
  if (value === '' || value.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(value)) {
    return undefined;
  }
  return Buffer.from(value, 'base64').toString('utf8');
}

/** The JSON object inside a Base64 value; undefined when there is none. */
export function objectFromBase64(value: string): Record<string, unknown> | undefined {
  const text = fromBase64(value);
  if (text === undefined) return undefined;
  const parsed = parseJson(text);
  return isObject(parsed) ? parsed : undefined;
}

/** `JSON.parse` that answers undefined instead of throwing. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A JSON object, not an array and not null. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
