import { readFileSync } from 'node:fs';
import { z } from 'zod';

// What the settings of every process are made of: variables of the environment, checked by zod.

/** A setting is missing or wrong. The message is one line: which, its value, what to do. */
export class ConfigError extends Error {
  override name = 'ConfigError';
}

/** A whole number, given as digits; `unit` is for the complaint. */
export function whole(fallback: number, least: number, most: number, unit = '') {
  const error = `use a whole number${unit} from ${least} to ${most}`;
  const digits = z.string().regex(/^\d+$/, error).transform(Number);
  return digits.pipe(z.number(error).min(least, error).max(most, error)).default(fallback);
}

/** A time in milliseconds, a day at most unless told otherwise. */
export function ms(fallback: number, least: number, most = 24 * 3_600_000) {
  return whole(fallback, least, most, ' of milliseconds');
}

/** One of a few words. */
export function oneOf<const T extends string>(values: readonly T[]) {
  return z.enum(values, `use one of ${values.join(', ')}`);
}

/** 0 or 1, and what people write instead. Off by default. */
export const flag = oneOf(['0', '1', 'true', 'false'])
  .default('0')
  .transform((value) => value === '1' || value === 'true');

/** Items between commas. */
export function list(fallback = '') {
  return z.string().default(fallback).transform(itemsOf);
}

/** Items between commas, each one of a few words. */
export function listOf<const T extends string>(values: readonly T[], fallback: string) {
  const items = z.array(oneOf(values));
  return z.string().default(fallback).transform(itemsOf).pipe(items);
}

function itemsOf(text: string): string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean);
}

const SECRET = /KEYS$|STATEMENT|SECRET|TOKEN$|CREDENTIALS$|BASIC$/;

/**
 * Reads variables by their schema. An empty one counts as not given.
 *
 * @param hints - What to do about a variable that isn't set, by name
 * @throws ConfigError with one line for the first variable that is wrong
 */
export function readVariables<T extends z.ZodType>(
  schema: T,
  env: NodeJS.ProcessEnv,
  hints: Record<string, string> = {},
): z.output<T> {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const name = String(issue?.path[0] ?? 'the environment');
  const value = given[name];
  if (value === undefined) {
    throw new ConfigError(`${name} is not set: ${hints[name] ?? 'see .env.example'}`);
  }
  const shown = SECRET.test(name) ? 'not usable' : withoutLogin(JSON.stringify(value));
  throw new ConfigError(`${name} is ${shown}: ${issue?.message ?? 'wrong'}`);
}

function withoutLogin(url: string): string {
  return url.replace(/\/\/[^/]*@/, '//[secret]@');
}

/**
 * Reads a file that a setting names.
 *
 * @throws ConfigError with the advice when it can't be read
 */
export function readText(file: string, advice: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw new ConfigError(`${pathOf(file)} can't be read (${code}): ${advice}`);
  }
}

/** Who gives a key, or a statement, in place of its file must not find it in a log. */
function pathOf(file: string): string {
  return /[\r\n]|-----|^eyJ/.test(file)
    ? 'the content of a file, given in place of its path,'
    : file;
}

/**
 * Reads a JSON file that a setting names.
 *
 * @throws ConfigError with the advice when it can't be read, or isn't JSON
 */
export function readJson(file: string, advice: string): unknown {
  try {
    return JSON.parse(readText(file, advice));
  } catch (error) {
    // JSON.parse repeats a piece of the text in its message, and the text may have secrets in it.
    if (error instanceof SyntaxError) {
      throw new ConfigError(`${file} is not JSON: check its syntax`);
    }
    throw error;
  }
}
