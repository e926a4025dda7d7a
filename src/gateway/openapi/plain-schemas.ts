/** What zod writes that says nothing, and that generators of clients trip over. */
export function plain(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(plain);
  if (typeof node !== 'object' || node === null) return node;
  const entries = Object.entries(toldByWords(node))
    .filter(([keyword, value]) => !saysNothing(keyword, value, node))
    .map(([keyword, value]) => rewritten(keyword, value));
  return Object.fromEntries(entries.map(([keyword, value]) => [keyword, plain(value)]));
}

/** A field with a default may be left out, which some generators take for the contrary. */
function toldByWords(node: object): object {
  if (!('default' in node && 'type' in node)) return node;
  const { default: value, ...rest } = node;
  const before = 'description' in node ? `${String(node.description)}. ` : '';
  return { ...rest, description: `${before}Left out: ${JSON.stringify(value)}` };
}

function saysNothing(keyword: string, value: unknown, { format }: { format?: unknown }): boolean {
  switch (keyword) {
    case 'minimum':
    case 'maximum':
      return Math.abs(Number(value)) === Number.MAX_SAFE_INTEGER;
    case 'pattern':
      return format === 'date-time'; // the format in 200 characters
    case 'propertyNames':
      return JSON.stringify(value) === '{"type":"string"}';
    default:
      return false;
  }
}

function rewritten(keyword: string, value: unknown): [string, unknown] {
  // Many generators know `enum` only.
  if (keyword === 'const') return ['enum', [value]];
  if (keyword === 'additionalProperties' && JSON.stringify(value) === '{}') return [keyword, true];
  return [keyword, value];
}
