import formbody from '@fastify/formbody';
import type { Http } from '../context.ts';

/** Forms, as OAuth posts them. */
export async function addFormbody(app: Http): Promise<void> {
  await app.register(formbody, { parser: parseForm });
}

/**
 * A parameter that comes twice stays a list, which no schema takes (RFC 6749, section 3.2); one
 * without a value counts as left out (section 3.1).
 */
export function parseForm(text: string): Record<string, string | string[]> {
  // In one pass: a form of many names must not hold up everybody else.
  const given = new Map<string, string | string[]>();
  for (const [name, value] of new URLSearchParams(text)) {
    const before = given.get(name);
    if (Array.isArray(before)) before.push(value);
    else given.set(name, before === undefined ? value : [before, value]);
  }
  return Object.fromEntries([...given].filter(([, value]) => value !== ''));
}
