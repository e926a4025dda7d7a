import { parseQuery } from './parse.ts';
import type { Query, Selection } from './parse.ts';
import { QueryError } from './tokens.ts';
import { bindVariables, constantOf } from './variables.ts';
import type { Variables } from './variables.ts';

/** A type that has fields. Values come from the object's property of the field's name. */
export interface ObjectType {
  name: string;
  fields: Record<string, Field>;
}

/** A field: a plain value, or an object or list of objects of a type. */
export interface Field {
  type?: ObjectType;
  args?: readonly string[];
  /** Makes the value; absent: the parent's property. */
  resolve?: (args: Record<string, unknown>) => unknown;
}

export interface Answered {
  data?: Record<string, unknown> | null;
  errors?: object[];
}

/** Runs a query; errors come as graphql-java writes them. */
export function runQuery(
  text: string,
  given: { values: ReadonlyMap<string, unknown>; texts: boolean },
  root: ObjectType,
): Answered {
  try {
    const query = parseQuery(text);
    validate(query, query.selections, root);
    const variables = bindVariables(query, given.values, given.texts);
    return { data: objectOf(query.selections, root, {}, variables) };
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    const { message, classification } = error;
    const locations = [{ line: 1, column: 1 }];
    return { data: null, errors: [{ message, locations, extensions: { classification } }] };
  }
}

/** Whether a text is a query that the schema can answer; throws a QueryError when not. */
export function validateText(text: string, root: ObjectType): void {
  const query = parseQuery(text);
  validate(query, query.selections, root);
}

function validate(query: Query, selections: Selection[], type: ObjectType): void {
  const invalid = (message: string): never => {
    throw new QueryError('ValidationError', `Validation error: ${message}`);
  };
  for (const { name, args, selections: inner, on } of selections) {
    if (on !== undefined && on !== type.name) continue;
    if (name === '__typename') continue;
    const field = type.fields[name];
    if (!field) return invalid(`Field '${name}' in type '${type.name}' is undefined`);
    if (field.type && !inner) invalid(`Field '${name}' needs a selection`);
    if (!field.type && inner) invalid(`Field '${name}' takes no selection`);
    for (const [arg, value] of args) {
      if (!field.args?.includes(arg)) invalid(`Unknown argument '${arg}' of field '${name}'`);
      for (const used of variablesIn(value)) {
        if (!query.variables.some((known) => known.name === used)) {
          invalid(`Undefined variable '${used}'`);
        }
      }
    }
    if (field.type && inner) validate(query, inner, field.type);
  }
}

function variablesIn(value: unknown): string[] {
  if (value instanceof Map) return [...value.values()].flatMap(variablesIn);
  if (Array.isArray(value)) return value.flatMap(variablesIn);
  if (typeof value !== 'object' || value === null) return [];
  if ('kind' in value && value.kind === 'variable' && 'name' in value) return [String(value.name)];
  return Object.values(value).flatMap(variablesIn);
}

function objectOf(
  selections: Selection[],
  type: ObjectType,
  parent: Record<string, unknown>,
  variables: Variables,
): Record<string, unknown> {
  const made: Record<string, unknown> = {};
  for (const { key, name, args, selections: inner, on } of selections) {
    if (on !== undefined && on !== type.name) continue;
    if (name === '__typename') {
      made[key] = type.name;
      continue;
    }
    const field = type.fields[name];
    const plain = Object.fromEntries(
      [...args].map(([arg, value]) => [arg, constantOf(value, variables)]),
    );
    const value = field?.resolve ? field.resolve(plain) : (parent[name] ?? null);
    const { type: innerType } = field ?? {};
    if (!innerType || !inner || value === null) made[key] = value;
    else if (Array.isArray(value)) {
      made[key] = value.map((item: unknown) =>
        objectOf(inner, innerType, item as Record<string, unknown>, variables),
      );
    } else made[key] = objectOf(inner, innerType, value as Record<string, unknown>, variables);
  }
  return made;
}
