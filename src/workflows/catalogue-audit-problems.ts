import { ActivityFailure, ApplicationFailure, TimeoutFailure } from '@temporalio/workflow';
import { type Problem, problemOf } from './failures.ts';

/** Ends the audit; of the time-outs one says nothing by itself. */
export function explained(error: unknown): unknown {
  if (timeOutOf(error)?.timeoutType !== 'SCHEDULE_TO_START') return error;
  return ApplicationFailure.nonRetryable(
    'no worker with AEM took the audit: set AEM_PUBLISH_URL or another AEM_*_URL for the workers',
    'no_aem_worker',
  );
}

/** Why there is no token. A time-out here is never Adobe Pass's, which other workflows ask. */
export function credentialProblem(error: unknown): Problem | undefined {
  if (!timeOutOf(error)) return problemOf(error);
  return {
    code: 'timeout',
    message: 'IMS gave no token in time: IMS, a proxy before it or the worker hangs, see its log',
    action: 'retry',
    retryable: true,
  };
}

function timeOutOf(error: unknown): TimeoutFailure | undefined {
  const cause = error instanceof ActivityFailure ? error.cause : undefined;
  return cause instanceof TimeoutFailure ? cause : undefined;
}
