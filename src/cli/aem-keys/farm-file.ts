import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { checkedHost, KeyRolloutError } from '../../key-rollout/index.ts';
import type { RolloutLimits, RolloutRequest } from '../../workflows/key-rollout/messages.ts';
import { CommandError } from '../fail.ts';

/** A farm as its file describes it. It holds no password and no key: the agents have those. */
export type FarmFile = Pick<
  RolloutRequest,
  'farm' | 'source' | 'hosts' | 'watchedPaths' | 'limits'
>;

/** Bundles of a large AEM take a while; an agent may be restarting. */
const LIMITS: RolloutLimits = {
  heartbeatTimeoutMs: 30_000,
  settleWithinMs: 120_000,
  pollMs: 2_000,
  agentWithinMs: 600_000,
  rollBackWithinMs: 3_600_000,
};

const id = z
  .string('give a text')
  .regex(/^[A-Za-z0-9._-]{1,60}$/, 'use 1 to 60 letters, digits, . _ or -');
const path = z.string().regex(/^\/[^\s]*$/, 'give a path that begins with /');
const ms = (most: number) => z.int().min(10).max(most).optional();

const schema = z
  .strictObject(
    {
      name: id,
      source: id,
      hosts: z
        .array(z.strictObject({ id, url: z.string('give the URL of the AEM').transform(urlOf) }))
        .min(2, 'a farm has two instances at least'),
      watchedPaths: z.array(path).max(20).default([]),
      limits: z
        .strictObject({
          heartbeatTimeoutMs: ms(600_000),
          settleWithinMs: ms(3_600_000),
          pollMs: ms(60_000),
          agentWithinMs: ms(24 * 3_600_000),
          rollBackWithinMs: ms(7 * 24 * 3_600_000),
        })
        .default({}),
    },
    { error: unknownField },
  )
  .refine(({ hosts, source }) => hosts.some((host) => host.id === source), {
    path: ['source'],
    error: 'name one of the hosts',
  })
  .refine(({ hosts }) => new Set(hosts.map((host) => host.id)).size === hosts.length, {
    path: ['hosts'],
    error: 'an id comes twice',
  })
  .refine(({ hosts }) => new Set(hosts.map((host) => host.url)).size === hosts.length, {
    path: ['hosts'],
    error: 'a URL comes twice',
  });

function unknownField({ code, keys }: { code: string; keys?: string[] }): string | undefined {
  return code === 'unrecognized_keys'
    ? `there is no ${String(keys)}: use name, source, hosts, watchedPaths, limits (agents have users and passwords)`
    : undefined;
}

/**
 * Reads a farm file.
 *
 * @throws CommandError with one line for the first thing that is wrong
 */
export function readFarm(file: string): FarmFile {
  const json = readJson(file);
  const parsed = schema.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const where = issue?.path.join('.') || 'the file';
    const found = issue ? shown(json, issue.path) : '';
    throw new CommandError(`${file}: ${where}${found}: ${issue?.message ?? 'is wrong'}`);
  }
  const { name, source, hosts, watchedPaths, limits } = parsed.data;
  const given = Object.entries(limits).filter(([, value]) => value !== undefined);
  return {
    farm: name,
    source,
    hosts,
    watchedPaths,
    limits: { ...LIMITS, ...(Object.fromEntries(given) as Partial<RolloutLimits>) },
  };
}

/** What is there, unless it may hold a password: URLs are named by their own complaint. */
function shown(json: unknown, path: readonly PropertyKey[]): string {
  if (path.length === 0 || path.at(-1) === 'url') return '';
  const value = path.reduce<unknown>(
    (inner, key) => (Object(inner) as Record<PropertyKey, unknown>)[key],
    json,
  );
  if (value === undefined) return ' is missing';
  return typeof value === 'object' ? '' : ` is ${JSON.stringify(value).slice(0, 80)}`;
}

function urlOf(value: string, context: z.RefinementCtx): string {
  try {
    return checkedHost(value);
  } catch (error) {
    if (!(error instanceof KeyRolloutError)) throw error;
    context.addIssue({ code: 'custom', message: error.message });
    return z.NEVER;
  }
}

function readJson(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw new CommandError(`${file} can't be read (${code}): give the farm file with --farm`);
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new CommandError(`${file} is not JSON: check its syntax`);
  }
}
