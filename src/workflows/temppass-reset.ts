import {
  proxyActivities,
  setCurrentDetails,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { ManagementActivities } from '../activities/index.ts';
import { managing } from './activity-options.ts';
import { refusalOf } from './failures.ts';
import { LAST_ERROR } from './search-attributes.ts';
import { resetProblem } from './temppass-reset-problem.ts';
import type { TempPassResetReport, TempPassResetRequest } from './temppass-reset-messages.ts';

/**
 * Lets the trials of a TempPass begin anew, for all; a Schedule starts it each night ("TempPass", two
 * trials in a row). The credentials of the run before are used again.
 */
export async function temppassReset(request: TempPassResetRequest): Promise<TempPassResetReport> {
  const { taskQueue, lastResult } = workflowInfo();
  const { resetTempPass } = proxyActivities<ManagementActivities>(managing(taskQueue));
  const { credentials: known } = (lastResult ?? {}) as Partial<TempPassResetReport>;
  const { app, mvpd, promotional } = request;
  const whose = promotional ? 'identities' : 'devices';
  setCurrentDetails(`Resets ${mvpd} of ${app} for all ${whose}.`);
  try {
    const done = await (known ? resetTempPass(request, known) : resetTempPass(request));
    const at = Date.now();
    setCurrentDetails(`${mvpd} of ${app} was reset for all ${whose}.`);
    return { ...request, at, ...done };
  } catch (error) {
    const problem = resetProblem(error);
    if (!problem) throw error;
    setCurrentDetails(`${mvpd} of ${app} was not reset: ${problem.message}`);
    // Nobody looks at a nightly run: this is what a search, or an alarm on it, finds.
    upsertSearchAttributes([{ key: LAST_ERROR, value: problem.code }]);
    throw refusalOf(problem);
  }
}
