import type { Document, Schema } from './specification.ts';

const INPUT = /Input$/;
const REFERENCE = '#/components/schemas/';

/**
 * Answers are open: what we add to them breaks no client that was generated before. Requests keep
 * what was said of them, and the names that they have in our code, unless an answer has the same
 * name for something else.
 */
export function mergeInputs({ paths, components }: Document): void {
  const { schemas } = components;
  const inputs = Object.keys(schemas).filter((name) => INPUT.test(name));
  for (const [name, schema] of Object.entries(schemas)) if (!INPUT.test(name)) open(schema);
  open(Object.values(paths).flatMap((operations) => Object.values(operations).map(responsesOf)));
  const renamed = new Map<string, string>();
  for (const name of inputs) {
    const short = name.replace(INPUT, '');
    const known = schemas[short];
    if (known && textOf(known) !== textOf(schemas[name])) continue;
    renamed.set(name, short);
    schemas[short] = schemas[name] ?? {};
    delete schemas[name];
  }
  rename([paths, schemas], renamed);
}

function responsesOf({ responses }: { responses?: object }): unknown {
  return responses;
}

function textOf(schema: Schema | undefined): string {
  return JSON.stringify(schema).replaceAll(/Input"/g, '"');
}

function open(node: unknown): void {
  if (typeof node !== 'object' || node === null) return;
  if ('additionalProperties' in node && node.additionalProperties === false) {
    delete node.additionalProperties;
  }
  for (const value of Object.values(node)) open(value);
}

function rename(node: unknown, names: Map<string, string>): void {
  if (typeof node !== 'object' || node === null) return;
  if ('$ref' in node && typeof node.$ref === 'string') {
    const name = node.$ref.replace(REFERENCE, '');
    node.$ref = REFERENCE + (names.get(name) ?? name);
  }
  for (const value of Object.values(node)) rename(value, names);
}

/** Schemas that nothing refers to are left out. */
export function dropUnused({ paths, components: { schemas } }: Document): void {
  for (;;) {
    const text = JSON.stringify([paths, schemas]);
    const unused = Object.keys(schemas).filter((name) => !text.includes(`"${REFERENCE}${name}"`));
    if (unused.length === 0) return;
    for (const name of unused) delete schemas[name];
  }
}
