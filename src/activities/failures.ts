import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import { AdobePassError } from '../adobe-pass/index.ts';
import { settingOf } from '../error-codes/index.ts';
import { SealedError } from '../sealing/index.ts';
import type { FailureDetails, UpstreamCall } from '../workflows/upstream-call.ts';

/** The caller's time ran out between two calls of one activity. */
export class OutOfTime extends Error {
  override name = 'OutOfTime';
}

/**
 * The failure of an activity: `type` is Adobe's code or our own for transport, `details` are small.
 * The original error is never its cause, for it may hold a request with its secrets.
 *
 * @param app - Whose settings to correct, where they are at fault
 */
export function failure(
  error: unknown,
  calls: UpstreamCall[],
  deadline: number,
  app: string,
): unknown {
  if (error instanceof AdobePassError) {
    const pauseMs = error.retryAfterMs ?? 0;
    // Its turn was waited for already as long as there was time.
    const late = error.code === 'rate_limited';
    const worthTrying = error.retryable && !late && Date.now() + pauseMs < deadline;
    const setting = settingOf(error.code);
    const advice = setting
      ? `: correct ${setting} of app ${app} in the file of apps (DEVICEPASS_APPS)`
      : '';
    return applicationFailure(
      error.code,
      error.message + advice,
      {
        action: setting ? 'configuration' : actionOf(error),
        status: error.status,
        trace: error.trace,
        operation: error.operation,
        reason: error.reason,
        details: error.details,
        retryable: error.retryable,
        retryAfterMs: error.retryAfterMs,
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

/** A registration has no action, and apps have no part in it: what was wrong is for operators to mend. */
function actionOf({ operation, action }: AdobePassError): string {
  const isRegistration = operation === 'register' || operation === 'token';
  return isRegistration && action === 'none' ? 'configuration' : action;
}

const OUT_OF_TIME = 'no answer from Adobe Pass within the time budget: ask again';

/** The time that the caller gave is over: nothing more is sent to Adobe on its behalf. */
export function deadlineExceeded(calls: UpstreamCall[]): ApplicationFailure {
  return applicationFailure('deadline_exceeded', OUT_OF_TIME, {
    action: 'retry',
    retryable: true,
    calls,
  });
}

/**
 * The same before anything was sent. Where nothing was tried either, the calls before took the time
 * and have brought the device on: it is worth asking again at once.
 */
export function notSent(attempt: number): ApplicationFailure {
  if (attempt > 1) return deadlineExceeded([]);
  return applicationFailure('deadline_exceeded', OUT_OF_TIME, {
    action: 'retry',
    retryable: true,
    retryAfterMs: 0,
    calls: [],
  });
}

/**
 * A worker that stops hands its work to another, unless that is its own alone. Benign: a deployment is no
 * reason for warnings.
 */
export function workerStopping({ isItsOwn = false } = {}): ApplicationFailure {
  return ApplicationFailure.create({
    type: 'worker_stopping',
    message: 'the worker is stopping',
    nonRetryable: isItsOwn,
    category: ApplicationFailureCategory.BENIGN,
  });
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
