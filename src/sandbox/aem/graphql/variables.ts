import type { Query, Value } from './parse.ts';
import { QueryError } from './tokens.ts';

/** Values of a query's variables, checked; what wasn't given and has no default is absent. */
export type Variables = ReadonlyMap<string, unknown>;

/**
 * Checks given variables against the query's own. `texts` are those of an address, where a number
 * is text too; others come from JSON.
 */
export function bindVariables(
  query: Query,
  given: ReadonlyMap<string, unknown>,
  texts: boolean,
): Variables {
  const bound = new Map<string, unknown>();
  for (const { name, type, defaultValue } of query.variables) {
    const value = given.get(name);
    if (value !== undefined) {
      const fromAddress = texts && typeof value === 'string';
      bound.set(name, fromAddress ? fromText(name, type, value) : fromJson(name, type, value));
    } else if (defaultValue) bound.set(name, constantOf(defaultValue, new Map()));
    else if (type.endsWith('!')) {
      throw new QueryError('ValidationError', `Variable '${name}' has an invalid value: null`);
    }
  }
  // AEM may well ignore these; a stand-in that does would hide typing errors.
  for (const name of given.keys()) {
    if (!query.variables.some((variable) => variable.name === name)) {
      throw new QueryError('ValidationError', `The query has no variable '${name}'`);
    }
  }
  return bound;
}

/** The plain value of a value in a query. */
export function constantOf(value: Value, variables: Variables): unknown {
  switch (value.kind) {
    case 'constant':
      return value.value;
    case 'enum':
      return value.name;
    case 'variable':
      return variables.get(value.name);
    case 'list':
      return value.items.map((item) => constantOf(item, variables));
    case 'object':
      return Object.fromEntries(
        [...value.fields].map(([name, field]) => [name, constantOf(field, variables)]),
      );
  }
}

function fromText(name: string, type: string, text: string): unknown {
  switch (bare(type)) {
    case 'String':
    case 'ID':
      return text;
    case 'Int':
      return /^-?\d+$/.test(text) ? Number(text) : invalid(name, type, text);
    case 'Float':
      return text.trim() !== '' && Number.isFinite(Number(text))
        ? Number(text)
        : invalid(name, type, text);
    case 'Boolean':
      return text === 'true' || (text === 'false' ? false : invalid(name, type, text));
    default:
      try {
        return JSON.parse(text) as unknown;
      } catch {
        return invalid(name, type, text);
      }
  }
}

function fromJson(name: string, type: string, value: unknown): unknown {
  const wanted = {
    String: 'string',
    ID: 'string',
    Int: 'number',
    Float: 'number',
    Boolean: 'boolean',
  };
  const expected = Object.entries(wanted).find(([known]) => known === bare(type))?.[1];
  return expected === undefined || typeof value === expected
    ? value
    : invalid(name, type, JSON.stringify(value));
}

function bare(type: string): string {
  return type.replace(/!$/, '');
}

function invalid(name: string, type: string, value: string): never {
  throw new QueryError('ValidationError', `Variable '${name}' is no ${type}: ${value}`);
}
