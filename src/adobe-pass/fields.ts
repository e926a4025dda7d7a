import { z } from 'zod';
import { epochMs } from './moments.ts';

/** A moment by Adobe's clock, epoch milliseconds; undefined when it can't be read. */
export const moment = z.unknown().transform(epochMs).optional();

/** A text that isn't empty; numbers are taken for what they print. */
export const text = z
  .union([z.string().min(1), z.number().transform(String)])
  .optional()
  .catch(undefined);

/** A field we can do without: absent, null or of another type than documented is undefined. */
export function lenient<T extends z.ZodType>(schema: T) {
  return schema.optional().catch(undefined);
}

/** A flag that may be a text; undefined for anything else. */
export const maybe = z
  .union([z.boolean(), z.stringbool({ truthy: ['true'], falsy: ['false'] })])
  .optional()
  .catch(undefined);

/** A flag that counts as false unless it is true. */
export const flag = maybe.transform((value) => value ?? false);

/** Whether it is an object with fields. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

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
