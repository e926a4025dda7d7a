import {
  isGrpcServiceError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { ZodError } from 'zod';
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
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) {
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
    const [issue] = error.issues;
    const where = issue?.path.join('.') || 'the request';
    return new DevicePassError('invalid_request', `${where}: ${issue?.message ?? 'wrong'}`);
  }
  if (isGrpcServiceError(error) || (error instanceof Error && isGrpcServiceError(error.cause))) {
    return new DevicePassError(
      'temporal_unavailable',
      'Temporal did not answer: ask again, with the same request id',
      RETRY,
    );
  }
  return error;
}
