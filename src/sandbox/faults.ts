import { z } from 'zod';
import type { Answer } from './call.ts';
import { dcrErrors, errorCodes } from './error-codes.ts';
import { errorAnswer, unauthorized } from './errors.ts';
import { operations } from './operations.ts';
import type { Operation } from './operations.ts';

const schema = z
  .strictObject({
    operation: z.enum([...operations, '*']).default('*'),
    kind: z.enum([
      'latency',
      'status',
      'reset',
      'hang',
      'expired-token',
      'revoked-client',
      'error',
      'html-429',
      'body',
    ]),
    times: z.int().positive().optional(),
    share: z.number().min(0).max(1).optional(),
    ms: z.number().nonnegative().default(1000),
    status: z.int().min(200).max(599).optional(),
    code: z.string().optional(),
    body: z.string().default(''),
    ip: z.string().optional(),
  })
  .refine(
    ({ kind, code = '' }) => kind !== 'error' || errorCodes.has(code) || dcrErrors.has(code),
    {
      error: "kind 'error' needs a documented code",
      path: ['code'],
    },
  );

/**
 * Something going wrong on purpose, at the next `times` matching calls (default 1), or at a
 * `share` (0 to 1) of them until cleared. `ms` is for `latency`, `code` for `error`, `status` for
 * `status` and `body`, `body` for `body`; `ip` limits it to one device.
 */
export interface Fault {
  operation?: Operation | '*';
  kind: z.infer<typeof schema>['kind'];
  times?: number;
  share?: number;
  ms?: number;
  status?: number;
  code?: string;
  body?: string;
  ip?: string;
}

/** What a fault does to one call: wait, answer something else, or break the connection. */
export interface FaultEffect {
  delayMs: number;
  instead?: Answer | 'reset' | 'hang';
}

/** Sets and clears faults. */
export interface FaultControl {
  /** Adds a fault; throws an Error of one clear line for an invalid one. */
  set(fault: Fault): void;
  /** Removes every fault. */
  clear(): void;
}

type SetFault = z.infer<typeof schema> & { left: number };

/** The faults in force, in the order they were set. */
export class Faults implements FaultControl {
  #set: SetFault[] = [];

  /** See {@link FaultControl.set}. Takes unknown input, for the control API. */
  set(fault: unknown): void {
    const parsed = schema.safeParse(fault);
    if (!parsed.success) {
      const issue = parsed.error.issues[0];
      throw new Error(`fault ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'invalid'}`);
    }
    const { times, share } = parsed.data;
    const left = times ?? (share === undefined ? 1 : Infinity);
    this.#set.push({ ...parsed.data, left });
  }

  clear(): void {
    this.#set = [];
  }

  /** The faults in force, as set. */
  list(): readonly object[] {
    return this.#set.map(({ left, ...fault }) => (left === Infinity ? fault : { ...fault, left }));
  }

  /** Uses up what applies to this call: any latency, and the first other fault. */
  take(operation: Operation, ip: string | undefined): FaultEffect {
    const effect: FaultEffect = { delayMs: 0 };
    for (const fault of this.#set) {
      const matches =
        (fault.operation === '*' || fault.operation === operation) &&
        (fault.ip === undefined || fault.ip === ip) &&
        (fault.kind === 'latency' || effect.instead === undefined) &&
        Math.random() < (fault.share ?? 1);
      if (!matches) continue;
      fault.left -= 1;
      if (fault.kind === 'latency') effect.delayMs += fault.ms;
      else effect.instead = insteadOf(fault, operation);
    }
    this.#set = this.#set.filter(({ left }) => left > 0);
    return effect;
  }
}

/** The 429 of "Throttling mechanism": a page, no enhanced error, no Retry-After. */
export const tooManyRequests: Answer = {
  status: 429,
  html: '<html><head><title>429 Too Many Requests</title></head><body><h1>429 Too Many Requests</h1></body></html>\n',
};

function insteadOf(fault: SetFault, operation: Operation): Answer | 'reset' | 'hang' {
  switch (fault.kind) {
    case 'reset':
    case 'hang':
      return fault.kind;
    case 'status':
      return { status: fault.status ?? 500, json: {} };
    case 'expired-token':
      return unauthorized;
    case 'revoked-client':
      return errorAnswer('invalid_access_token_client_application');
    case 'error':
      return operation === 'register' || operation === 'token'
        ? { status: 400, json: { error: fault.code } }
        : errorAnswer(fault.code ?? '');
    case 'html-429':
      return tooManyRequests;
    default:
      return { status: fault.status ?? 200, text: fault.body };
  }
}
