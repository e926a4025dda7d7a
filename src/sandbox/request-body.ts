import { isObject, parseJson } from './base64.ts';
import { refusal } from './errors.ts';

/**
 * The fields of a form body. Throws a refusal for an unknown or repeated field; `code` is what the
 * operation answers then.
 */
export function formFields(
  text: string,
  known: readonly string[],
  fail = (details: string): Error => refusal('invalid_request_body', details),
): Partial<Record<string, string>> {
  const fields: Partial<Record<string, string>> = {};
  for (const [name, value] of new URLSearchParams(text)) {
    if (!known.includes(name)) throw fail(`field ${name} is not known`);
    if (fields[name] !== undefined) throw fail(`field ${name} is given twice`);
    fields[name] = value;
  }
  return fields;
}

/** The fields of a JSON object body, refused like those of a form. */
export function jsonFields(
  text: string,
  known: readonly string[],
  fail = (details: string): Error => refusal('invalid_request_body', details),
): Record<string, unknown> {
  const body = parseJson(text);
  if (!isObject(body)) throw fail('the body is not a JSON object');
  for (const name of Object.keys(body)) {
    if (!known.includes(name)) throw fail(`field ${name} is not known`);
  }
  return body;
}
