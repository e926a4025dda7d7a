import { nameOf, type Schema } from './specification.ts';

/** Says of unions by what property their variants are told apart, where each has a name. */
export function nameVariants(schemas: Record<string, Schema>): void {
  for (const union of Object.values(schemas)) {
    const { oneOf = [] } = union;
    const variants = oneOf.map((variant) => schemas[nameOf(variant)]);
    const property = Object.keys(variants[0]?.properties ?? {}).find((name) =>
      variants.every((variant) => valueOf(variant, name) !== undefined),
    );
    if (property === undefined) continue;
    const mapping = oneOf.map(({ $ref }, index) => [valueOf(variants[index], property), $ref]);
    union['discriminator'] = {
      propertyName: property,
      mapping: Object.fromEntries(mapping) as object,
    };
  }
}

/** The one value that a property of a variant has. */
function valueOf(variant: Schema | undefined, name: string): string | undefined {
  const values = variant?.properties?.[name]?.['enum'];
  return Array.isArray(values) && values.length === 1 ? String(values[0]) : undefined;
}
