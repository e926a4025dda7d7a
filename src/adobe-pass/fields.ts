import { z } from 'zod';

/** Epoch milliseconds; sessions send them as strings, everything else as numbers. */
export const time = z.union([
  z.number(),
  z
    .string()
    .regex(/^\d{1,16}$/)
    .transform(Number),
]);

/** A field we can do without: absent, null or of another type than documented is undefined. */
export function lenient<T extends z.ZodType>(schema: T) {
  return schema.optional().catch(undefined);
}

/** A flag that counts as false unless it is true. */
export const flag = z.boolean().catch(false);

type OptionalKeys<T> = { [K in keyof T]-?: undefined extends T[K] ? K : never }[keyof T];

/** `T` with keys that may be undefined turned into optional ones. */
export type Defined<T> = Omit<T, OptionalKeys<T>> & {
  [K in OptionalKeys<T>]?: Exclude<T[K], undefined>;
};

/** Drops the keys whose value is undefined. */
export function defined<T extends object>(value: T): Defined<T> {
  const entries = Object.entries(value).filter(([, content]) => content !== undefined);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the filter is the type
  return Object.fromEntries(entries) as Defined<T>;
}

/**
 * The names of missing parameters as the request spells them: answers say `domain` where the
 * request says `domainName`.
 */
export function parameterName(name: string): string {
  return name === 'domain' ? 'domainName' : name;
}
