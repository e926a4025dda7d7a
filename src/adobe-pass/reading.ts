import type { z } from 'zod';
import { isRecord } from './fields.ts';
import type { Heard } from './lives.ts';

/** An answer while it is read: when it came, and what operators should hear of it. */
export interface Reading extends Heard {
  /** Takes what was sent out of a part that will be shown to people. */
  clean: (part: unknown) => unknown;
  /** An address for the viewer's browser; undefined and noted when it leads away from Adobe. */
  browserUrl: (given: string | undefined) => string | undefined;
  /** For operators: what could not be read, by its place; never a value. */
  note: (text: string) => void;
}

/**
 * What can be read of a list. One odd entry must not cost the viewer the others; neither does a list
 * that is none.
 */
export function readableItems<T extends z.ZodType>(
  list: unknown,
  name: string,
  schema: T,
  { note }: Pick<Reading, 'note'>,
): z.infer<T>[] {
  if (!Array.isArray(list)) {
    note(`${name} is no list`);
    return [];
  }
  return list.flatMap((item: unknown, index) => {
    const { data, success } = schema.safeParse(item);
    if (!success) note(`${name}.${index} can't be read`);
    return success ? [data] : [];
  });
}

/** The same of an object that holds entries by name. */
export function readableEntries<T extends z.ZodType>(
  record: unknown,
  name: string,
  schema: T,
  { note }: Pick<Reading, 'note'>,
): [string, z.infer<T>][] {
  if (!isRecord(record)) {
    note(`${name} is no object`);
    return [];
  }
  return Object.entries(record).flatMap(([key, value]) => {
    const { data, success } = schema.safeParse(value);
    if (!success) note(`${name}.${key} can't be read`);
    return success ? [[key, data] as [string, z.infer<T>]] : [];
  });
}
