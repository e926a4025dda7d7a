import { ActivityFailure, ApplicationFailure, TimeoutFailure } from '@temporalio/workflow';
import type { FailureDetails, Problem } from './upstream-call.ts';

export type { Problem } from './upstream-call.ts';

/**
 * What went wrong with an activity, whichever way Temporal wraps it. A local activity's application failure arrives bare, a regular one's inside an `ActivityFailure`,
 * and a time-out as `ActivityFailure` <- `TimeoutFailure`.
 *
 * @returns `undefined` for what isn't an activity's failure, such as a cancellation or a bug.
 */
export function problemOf(error: unknown): Problem | undefined {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  if (cause instanceof TimeoutFailure) {
    return {
      code: 'deadline_exceeded',
      message: 'no answer from Adobe Pass within the time budget: ask again',
      action: 'retry',
      retryable: true,
    };
  }
  if (!(cause instanceof ApplicationFailure)) return undefined;
  const details = (cause.details?.[0] ?? {}) as Partial<FailureDetails>;
  return {
    ...details,
    action: details.action ?? 'none',
    code: cause.type ?? 'unknown',
    message: cause.message,
  };
}

/** The failure of an update: small, and nothing in it that Adobe or a viewer would keep to themselves. */
export function refusal(
  code: string,
  message: string,
  details: FailureDetails = { action: 'none' },
): ApplicationFailure {
  const { calls: _calls, ...small } = details;
  return ApplicationFailure.create({ type: code, message, nonRetryable: true, details: [small] });
}

export function refusalOf({ code, message, ...details }: Problem): ApplicationFailure {
  return refusal(code, message, details);
}
