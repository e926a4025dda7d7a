import { ActivityFailure, TimeoutFailure } from '@temporalio/workflow';
import { type Problem, problemOf } from './failures.ts';

/** Why a reset failed. That nobody took it is never Adobe's doing: no worker has what it takes. */
export function resetProblem(error: unknown): Problem | undefined {
  const cause = error instanceof ActivityFailure ? error.cause : undefined;
  const isUnserved = cause instanceof TimeoutFailure && cause.timeoutType === 'SCHEDULE_TO_START';
  if (!isUnserved) return problemOf(error);
  return {
    code: 'no_management_worker',
    message:
      'no worker resets trials: start one with ADOBE_MANAGEMENT_STATEMENT_FILE, then run the schedule again',
    action: 'configuration',
  };
}
