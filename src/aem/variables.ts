/** Variables of a query. Null and undefined count as not given. */
export type Variables = Readonly<Record<string, unknown>>;

/** Thrown by {@link variableSuffix}: which variable can't be sent, and why. */
export class UnsendableVariable extends Error {
  override readonly name = 'UnsendableVariable';
}

/** A variable of a persisted query, as it stands in an address. */
const nameForm = /^[_A-Za-z][_0-9A-Za-z]*$/;

/**
 * The variables of a persisted query as the end of its path: the run `;name=value;...`
 * percent-encoded once, then one literal `;`, which some AEM versions want after the last of
 * several variables and all accept. Strings go raw, objects and lists as JSON.
 *
 * @throws UnsendableVariable for a value with `;` (on the wire it would be the next variable), a
 * number that isn't finite, text that isn't well-formed, or a name GraphQL doesn't allow.
 */
export function variableSuffix(variables: Variables): string {
  const run = Object.entries(variables)
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([name, value]) => `;${checkedName(name)}=${valueText(name, value)}`)
    .join('');
  return run === '' ? '' : `${encodeURIComponent(run)};`;
}

function checkedName(name: string): string {
  if (nameForm.test(name)) return name;
  throw new UnsendableVariable(`${JSON.stringify(name)} is no name of a GraphQL variable`);
}

function valueText(name: string, value: unknown): string {
  const text = plainText(name, value);
  if (text.includes(';')) {
    throw new UnsendableVariable(`${name} has a ';' in it, which a persisted query can't carry`);
  }
  if (/\p{Surrogate}/u.test(text)) {
    throw new UnsendableVariable(`${name} is no well-formed text`);
  }
  return text;
}

function plainText(name: string, value: unknown): string {
  switch (typeof value) {
    case 'string':
      return value;
    case 'boolean':
      return String(value);
    case 'number':
      if (Number.isFinite(value)) return String(value);
      throw new UnsendableVariable(`${name} is ${value}, which is no number GraphQL knows`);
    case 'object':
      return JSON.stringify(value);
    default:
      throw new UnsendableVariable(`${name} is a ${typeof value}, which can't be sent`);
  }
}
