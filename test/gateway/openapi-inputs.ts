import * as fc from 'fast-check';

/** As much of JSON Schema as the gateway's inputs use. */
export interface Schema {
  $ref?: string;
  type?: string;
  enum?: unknown[];
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  format?: string;
}

/** Values that get past the first check, by the name of their field: codes, tokens, ids. */
export type Known = Record<string, readonly unknown[]>;

/**
 * Inputs for a schema: half of them fit in all, and half have something wrong at any level: a value
 * at a limit or a step beyond it, or anything at all, with the rest around it still right.
 */
export function inputs(schema: Schema, components: Record<string, Schema>, known: Known) {
  const right = (given: Schema, name: string): fc.Arbitrary<unknown> => {
    const familiar = known[name];
    return familiar ? fc.constantFrom(...familiar) : fitting(resolved(given), right);
  };
  const wrong = (given: Schema, name: string): fc.Arbitrary<unknown> =>
    fc.oneof(
      { weight: 5, arbitrary: right(given, name) },
      { weight: 2, arbitrary: fitting(resolved(given), wrong) },
      { weight: 1, arbitrary: atLimits(resolved(given)) },
      { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) },
    );
  return fc.oneof(right(schema, ''), fitting(resolved(schema), wrong), wrong(schema, ''));

  function resolved(given: Schema): Schema {
    if (given.$ref === undefined) return given;
    const found = components[given.$ref.replace('#/components/schemas/', '')];
    if (!found) throw new Error(`${given.$ref} is not in the document`);
    return resolved(found);
  }

  function fitting(
    found: Schema,
    inner: (given: Schema, name: string) => fc.Arbitrary<unknown>,
  ): fc.Arbitrary<unknown> {
    if (found.enum) return fc.constantFrom(...found.enum);
    switch (found.type) {
      case 'string':
        return found.format === 'uri' ? fc.webUrl() : text(found.minLength, found.maxLength);
      case 'array': {
        const length = { minLength: found.minItems ?? 0, maxLength: 6 };
        return fc.array(inner(found.items ?? {}, ''), length);
      }
      case 'object': {
        const fields = Object.entries(found.properties ?? {});
        const required = found.required ?? [];
        const familiar = fields.map(([name]) => name).filter((name) => known[name]);
        return fc.record(
          Object.fromEntries(fields.map(([name, field]) => [name, inner(field, name)] as const)),
          { requiredKeys: inner === right ? [...required, ...familiar] : [...required] },
        );
      }
      default:
        return fc.jsonValue({ maxDepth: 2 });
    }
  }

  function atLimits({ type, items, ...limits }: Schema): fc.Arbitrary<unknown> {
    if (type === 'array') {
      const { minItems = 0, maxItems = 10 } = limits;
      const counts = [minItems - 1, minItems, maxItems, maxItems + 1].filter((count) => count >= 0);
      const item = fc.sample(right(items ?? {}, ''), { numRuns: 1, seed: 1 })[0];
      return fc.constantFrom(...counts).map((count) => Array.from({ length: count }, () => item));
    }
    if (type !== 'string') return fc.constantFrom(null, 0, -1, true, '', [], {});
    const { minLength = 0, maxLength = 100 } = limits;
    const lengths = [minLength - 1, minLength, maxLength, maxLength + 1].filter((one) => one >= 0);
    return fc.constantFrom(...lengths).map((length) => 'x'.repeat(length));
  }
}

function text(minLength = 0, maxLength = 60): fc.Arbitrary<string> {
  const length = { minLength, maxLength: Math.min(maxLength, 60) };
  return fc.oneof(
    fc.string(length),
    fc.string({ ...length, unit: 'grapheme' }),
    fc.string({ ...length, unit: fc.constantFrom('\u0000', '\n', '%', '"', '\\', '/', '..', 'A') }),
  );
}
