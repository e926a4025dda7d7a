import { ApplicationFailure } from '@temporalio/common';
import { AdobePassError, type CallRecord } from '../adobe-pass/index.ts';
import { SealedError } from '../sealing/index.ts';
import type { FailureDetails } from '../workflows/upstream-call.ts';

/** The caller's time ran out between two calls of one activity. */
export class OutOfTime extends Error {
  override name = 'OutOfTime';
}

/**
 * The failure of an activity: `type` is Adobe's code or our own for transport, `details` are small.
 * The original error is never its cause, for it may hold a request with its secrets.
 */
export function failure(error: unknown, calls: CallRecord[], deadline: number): unknown {
  if (error instanceof AdobePassError) {
    const pauseMs = error.retryAfterMs ?? 0;
    const worthTrying = error.retryable && Date.now() + pauseMs < deadline;
    return applicationFailure(
      error.code,
      error.message,
      {
        action: error.action,
        status: error.status,
        trace: error.trace,
        operation: error.operation,
        details: error.details,
        retryable: error.retryable,
        calls,
      },
      { nonRetryable: !worthTrying, ...(pauseMs > 0 ? { nextRetryDelay: pauseMs } : {}) },
    );
  }
  if (error instanceof OutOfTime) return deadlineExceeded(calls);
  if (error instanceof SealedError) {
    return applicationFailure('sealed_value', error.message, { action: 'configuration', calls });
  }
  return error;
}

/** The time that the caller gave is over: nothing more is sent to Adobe on its behalf. */
export function deadlineExceeded(calls: CallRecord[]): ApplicationFailure {
  return applicationFailure(
    'deadline_exceeded',
    'no answer from Adobe Pass within the time budget: ask again',
    { action: 'retry', retryable: true, calls },
  );
}

/** One `ApplicationFailure` of ours; fields that are `undefined` are left out. */
export function applicationFailure(
  type: string,
  message: string,
  details: { [K in keyof FailureDetails]: FailureDetails[K] | undefined } & { action: string },
  options: { nonRetryable?: boolean; nextRetryDelay?: number } = { nonRetryable: true },
): ApplicationFailure {
  return ApplicationFailure.create({
    type,
    message,
    details: [
      Object.fromEntries(Object.entries(details).filter(([, value]) => value !== undefined)),
    ],
    ...options,
  });
}
