import {
  isGrpcServiceError,
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
 * `not_signed_in`, `unknown_code`, `unknown_app`, `invalid_request`, `temporal_unavailable`, ...
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
  readonly details?: string;
  /** Whether the same call, with the same request id, may work later. */
  readonly retryable: boolean;

  constructor(code: string, message: string, details: Partial<FailureDetails> = {}) {
    super(message);
    this.code = code;
    this.action = details.action ?? 'none';
    this.retryable = details.retryable ?? false;
    if (details.status !== undefined) this.status = details.status;
    if (details.trace !== undefined) this.trace = details.trace;
    if (details.details !== undefined) this.details = details.details;
  }
}

/** For schemas: an error that names the value too. */
export const NAMING_VALUES = { reportInput: true } as const;

const RETRY = { action: 'retry', retryable: true };

/** Turns what Temporal throws into the one typed error. Anything unknown is passed on as it is. */
export function toDevicePassError(error: unknown): unknown {
  if (error instanceof WorkflowUpdateFailedError && error.cause instanceof ApplicationFailure) {
    const { type, message, details } = error.cause;
    return new DevicePassError(
      type ?? 'unknown',
      message,
      details?.[0] as FailureDetails | undefined,
    );
  }
  if (error instanceof WorkflowUpdateFailedError) {
    return new DevicePassError(
      'workflow_ended',
      'the device was ended meanwhile: ask again',
      RETRY,
    );
  }
  if (isOutOfTime(error)) {
    return new DevicePassError(
      'no_answer',
      'no worker answered in time: ask again, with the same request id',
      RETRY,
    );
  }
  if (error instanceof WorkflowNotFoundError) {
    return new DevicePassError('not_signed_in', 'this device is not known: authenticate first', {
      action: 'authentication',
    });
  }
  if (error instanceof ZodError) {
    return new DevicePassError('invalid_request', describe(error));
  }
  if (error instanceof SealedError) {
    return new DevicePassError('sealed_value', error.message, { action: 'configuration' });
  }
  if (isGrpc(error)) {
    return new DevicePassError(
      'temporal_unavailable',
      'Temporal did not answer: ask again, with the same request id',
      RETRY,
    );
  }
  return error;
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
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) return true;
  const status = isGrpcServiceError(error) ? error : error instanceof Error ? error.cause : error;
  const code: number | undefined = isGrpcServiceError(status) ? status.code : undefined;
  return code !== undefined && NOBODY_ANSWERED.includes(code);
}

/** The first thing that is wrong: which field, its value, and what to do. */
function describe({ issues: [issue] }: ZodError): string {
  if (!issue) return 'the request is wrong';
  const where = issue.path.join('.') || 'the request';
  const value = JSON.stringify(issue.input)?.slice(0, 80) ?? 'missing';
  // Some messages of the schemas begin with the field and its value already.
  const advice = issue.message.replace(`${where} ${value}: `, '');
  return `${where} is ${value}: ${advice}`;
}
