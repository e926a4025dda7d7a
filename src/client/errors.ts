import {
  isGrpcServiceError,
  QueryNotRegisteredError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { ZodError } from 'zod';
import { SealedError } from '../sealing/index.ts';
import type { FailureDetails } from '../workflows/upstream-call.ts';

/**
 * Every failure of the client, as one typed error. `code` is Adobe's, or ours: `no_answer`,
 * `not_signed_in`, `unknown_code`, `provider_unavailable`, `unknown_app`, `invalid_request`,
 * `temporal_unavailable`, `worker_too_old`, `closed`, ...
 */
export class DevicePassError extends Error {
  override name = 'DevicePassError';
  readonly code: string;
  /** Adobe's: `none`, `configuration`, `application-registration`, `authentication`, `retry`, ... */
  readonly action: string;
  /** HTTP status of Adobe's answer, where there was one. */
  readonly status?: number;
  /** For support tickets at Adobe. */
  readonly trace?: string;
  /** Adobe's own words, for people. */
  readonly reason?: string;
  readonly details?: string;
  /** Whether the same call, with the same request id, may work later. */
  readonly retryable: boolean;
  /** How long to wait at least before that, in ms, where Adobe or its limits say so. */
  readonly retryAfterMs?: number;

  constructor(code: string, message: string, details: Partial<FailureDetails> = {}) {
    super(message);
    this.code = code;
    this.action = details.action ?? 'none';
    this.retryable = details.retryable ?? false;
    if (details.status !== undefined) this.status = details.status;
    if (details.trace !== undefined) this.trace = details.trace;
    if (details.reason !== undefined) this.reason = details.reason;
    if (details.details !== undefined) this.details = details.details;
    if (details.retryAfterMs !== undefined) this.retryAfterMs = details.retryAfterMs;
  }
}

/** For schemas: an error that names the value too. */
export const NAMING_VALUES = { reportInput: true } as const;

const RETRY = { action: 'retry', retryable: true };

/** What was asked of whom, for the errors that tell it. */
export interface Asked {
  /** The workers' queue. */
  taskQueue?: string;
  /** Whether there is a connection to Temporal; if not, no worker is to blame. */
  connected?: boolean;
  /** What a schema looked at, for when it is missing altogether. */
  subject?: string;
}

/** Nobody answered before the deadline of a call; the SDK's own errors may come much later. */
export class OutOfTime extends Error {
  override name = 'OutOfTime';
}

/** The error of a wrong argument. The message is one line: what, which value, what to do. */
export function invalidRequest(message: string): DevicePassError {
  return new DevicePassError('invalid_request', message);
}

/** The error after `close()`. */
export function closed(): DevicePassError {
  return new DevicePassError('closed', 'this connection was closed: connect() again');
}

/** Turns what Temporal throws into the one typed error. Anything unknown is passed on as it is. */
export function toDevicePassError(error: unknown, asked: Asked = {}): unknown {
  if (error instanceof WorkflowUpdateFailedError) {
    if (!hasEnded(error) && error.cause instanceof ApplicationFailure)
      return fromFailure(error.cause);
    const message = 'the device was ended meanwhile: ask again';
    return new DevicePassError('workflow_ended', message, RETRY);
  }
  if (error instanceof ApplicationFailure) return fromFailure(error);
  if (error instanceof QueryNotRegisteredError) return workerTooOld();
  if (isOutOfTime(error) && asked.connected !== false) {
    const workers = asked.taskQueue === undefined ? '' : ` of task queue ${asked.taskQueue}`;
    const message = `no worker${workers} answered in time: see that one runs, ask again with the same request id`;
    return new DevicePassError('no_answer', message, RETRY);
  }
  if (error instanceof WorkflowNotFoundError) {
    return new DevicePassError('not_signed_in', 'this device is not known: authenticate first', {
      action: 'authentication',
    });
  }
  if (error instanceof ZodError) return invalidRequest(describe(error, asked.subject));
  if (error instanceof SealedError) {
    return new DevicePassError('sealed_value', error.message, { action: 'configuration' });
  }
  if (isGrpc(error) || isOutOfTime(error)) {
    const message = 'Temporal did not answer: ask again, with the same request id';
    return new DevicePassError('temporal_unavailable', message, RETRY);
  }
  return error;
}

/** Whether a workflow ended with a request under way: Temporal's own words for it, or the SDK's. */
export function hasEnded(error: unknown): boolean {
  if (!(error instanceof WorkflowUpdateFailedError)) return false;
  const { cause } = error;
  return !(cause instanceof ApplicationFailure) || cause.type === 'AcceptedUpdateCompletedWorkflow';
}

/** Temporal's own words where a workflow has no such update: only a release before this one has not. */
const NO_HANDLER = /^No registered handler for update\b/;

function workerTooOld(): DevicePassError {
  const message = 'the workers are older than this client: upgrade them first, then ask again';
  return new DevicePassError('worker_too_old', message, RETRY);
}

function fromFailure({ type, message, details }: ApplicationFailure): DevicePassError {
  if (NO_HANDLER.test(message)) return workerTooOld();
  const [more] = (details ?? []) as [FailureDetails?];
  return new DevicePassError(type ?? 'unknown', message, more);
}

function isGrpc(error: unknown): boolean {
  return isGrpcServiceError(error) || (error instanceof Error && isGrpcServiceError(error.cause));
}

/**
 * Statuses of gRPC: CANCELLED and DEADLINE_EXCEEDED race at the deadline, FAILED_PRECONDITION is a
 * server that has seen no worker lately.
 */
const NOBODY_ANSWERED: readonly number[] = [1, 4, 9];

/** An update says so by a class of its own, a query by the status of gRPC. */
function isOutOfTime(error: unknown): boolean {
  if (error instanceof OutOfTime) return true;
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) return true;
  const status = isGrpcServiceError(error) ? error : error instanceof Error ? error.cause : error;
  const code: number | undefined = isGrpcServiceError(status) ? status.code : undefined;
  return code !== undefined && NOBODY_ANSWERED.includes(code);
}

/** The first thing that is wrong: which field, its value, and what to do. */
function describe({ issues: [issue] }: ZodError, subject = 'the request'): string {
  if (!issue) return `${subject} is wrong`;
  const where = issue.path.join('.') || subject;
  const value = JSON.stringify(issue.input)?.slice(0, 80) ?? 'missing';
  // Some messages of the schemas begin with the field, or its value, already.
  const named = [`${where} ${value}: `, `${where} is missing: `, `${where} must be `, 'is empty: '];
  const start = named.find((words) => issue.message.startsWith(words)) ?? '';
  const advice = adviceOf(issue) ?? issue.message.slice(start.length);
  const verb = start.endsWith('must be ') ? 'use ' : '';
  return `${where} is ${value}: ${verb}${advice}`;
}

/** In our words where the schema has none of its own. */
function adviceOf(issue: ZodError['issues'][number]): string | undefined {
  if (issue.code === 'too_big' && issue.origin === 'string') {
    return `give ${String(issue.maximum)} characters at most`;
  }
  if (issue.code === 'too_big') return `give ${String(issue.maximum)} at most`;
  if (issue.code === 'too_small' && issue.origin !== 'string') {
    return `give ${issue.inclusive ? 'at least' : 'more than'} ${String(issue.minimum)}`;
  }
  if (issue.code === 'invalid_type' && issue.message.startsWith('Invalid input')) {
    return `give ${NOUNS[issue.expected] ?? issue.expected}`;
  }
  return undefined;
}

const NOUNS: Readonly<Record<string, string>> = {
  object: 'an object',
  string: 'a text',
  int: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
};
