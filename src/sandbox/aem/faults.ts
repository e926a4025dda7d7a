import { z } from 'zod';
import type { Answer } from './answer.ts';
import { dispatcherNotFound, emptyUnauthorized, loginPage, loginRedirect } from './answer.ts';
import type { Answered } from './graphql/run.ts';
import { tiers } from './options.ts';
import type { Request } from './request.ts';

const kinds = [
  'latency',
  'status',
  'reset',
  'hang',
  'empty-401',
  'login-redirect',
  'login-page',
  'proxy-page',
  'closed-filter',
  'blocked-403',
  'blocked-405',
  'too-many-sessions',
  'throttled',
  'graphql-error',
  'partial',
  'same-cursor',
  'empty-cursor',
] as const;

const schema = z.strictObject({
  tier: z.enum([...tiers, '*']).default('*'),
  /** Beginning of the path. */
  path: z.string().default('/'),
  kind: z.enum(kinds),
  times: z.int().positive().optional(),
  share: z.number().min(0).max(1).optional(),
  ms: z.number().nonnegative().default(1000),
  status: z.int().min(200).max(599).default(500),
  /** Field that `partial` leaves out of the first fragment. */
  field: z.string().default('channelResourceId'),
});

/**
 * Something going wrong on purpose, at the next `times` matching requests (default 1), or at a
 * `share` (0 to 1) of them until cleared. `ms` is for `latency`, `status` for `status`, `field`
 * for `partial`.
 */
export type AemFault = z.input<typeof schema>;

/** What is wrong with one request. */
export interface FaultEffect {
  delayMs: number;
  instead?: Answer | 'reset' | 'hang';
  /** Spoils the answer to a query. */
  alter: (body: Answered) => Answered;
}

type SetFault = z.output<typeof schema> & { left: number };

/** The faults in force, in the order they were set. */
export class AemFaults {
  #set: SetFault[] = [];

  /** Adds a fault; throws an Error of one clear line for an invalid one. */
  set(fault: AemFault): void {
    const parsed = schema.safeParse(fault);
    if (!parsed.success) {
      const issue = parsed.error.issues[0];
      throw new Error(`fault ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'invalid'}`);
    }
    const { times, share } = parsed.data;
    this.#set.push({ ...parsed.data, left: times ?? (share === undefined ? 1 : Infinity) });
  }

  /** Removes every fault. */
  clear(): void {
    this.#set = [];
  }

  /** Uses up what applies to this request: any latency, and the first other fault. */
  take({ tier, path }: Request): FaultEffect {
    const effect: FaultEffect = { delayMs: 0, alter: (body) => body };
    let other = false;
    for (const fault of this.#set) {
      const matches =
        (fault.tier === '*' || fault.tier === tier) &&
        path.startsWith(fault.path) &&
        (fault.kind === 'latency' || !other) &&
        Math.random() < (fault.share ?? 1);
      if (!matches) continue;
      fault.left -= 1;
      if (fault.kind === 'latency') effect.delayMs += fault.ms;
      else {
        other = true;
        Object.assign(effect, effectOf(fault, path));
      }
    }
    this.#set = this.#set.filter(({ left }) => left > 0);
    return effect;
  }
}

function effectOf(fault: SetFault, path: string): Partial<FaultEffect> {
  const page = (status: number, title: string): Answer => ({
    status,
    html: `<html><head><title>${title}</title></head><body>${title}</body></html>`,
  });
  switch (fault.kind) {
    case 'reset':
    case 'hang':
      return { instead: fault.kind };
    case 'empty-401':
      return { instead: emptyUnauthorized };
    case 'login-redirect':
      return { instead: loginRedirect(path) };
    case 'login-page':
      return { instead: loginPage };
    case 'proxy-page':
      return { instead: page(200, 'Welcome to the guest network') };
    case 'closed-filter':
      return { instead: dispatcherNotFound };
    case 'blocked-403':
      return { instead: page(403, 'Forbidden') };
    case 'blocked-405':
      return { instead: page(405, 'Not Allowed') };
    case 'too-many-sessions':
      return { instead: { ...page(503, 'Service Unavailable'), headers: { 'retry-after': '2' } } };
    case 'throttled':
      return { instead: { ...page(429, 'Too Many Requests'), headers: { 'retry-after': '3' } } };
    case 'status':
      return { instead: page(fault.status, `Error ${String(fault.status)}`) };
    default:
      return { alter: (body) => spoiled(body, fault) };
  }
}

interface Page {
  edges?: { node: Record<string, unknown> }[];
  pageInfo?: { endCursor: string; hasNextPage: boolean };
}

const stuckCursor = Buffer.from('cursor:00000000').toString('base64');

function spoiled(body: Answered, { kind, field }: SetFault): Answered {
  const classification = 'DataFetchingException';
  if (kind === 'graphql-error') {
    return {
      data: null,
      errors: [{ message: 'Repository timed out', extensions: { classification } }],
    };
  }
  const [[name, page] = ['', {}]] = Object.entries(body.data ?? {}) as [string, Page][];
  if (kind === 'partial') {
    const node = page.edges?.[0]?.node;
    if (node) node[field] = null;
    const path = [name, 'edges', 0, 'node', field];
    const message = `Exception while fetching data (/${path.join('/')})`;
    return { ...body, errors: [{ message, path, extensions: { classification } }] };
  }
  const endCursor = kind === 'empty-cursor' ? '' : stuckCursor;
  return { data: { [name]: { ...page, pageInfo: { endCursor, hasNextPage: true } } } };
}
