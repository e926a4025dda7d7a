import {
  ActivityFailure,
  ApplicationFailure,
  proxyActivities,
  setCurrentDetails,
  TimeoutFailure,
  workflowInfo,
} from '@temporalio/workflow';
import type { AemActivities } from '../activities/index.ts';
import { brief, readingCatalogue } from './activity-options.ts';
import { auditDetails, auditUnderWay } from './catalogue-audit-details.ts';
import { type AuditReport, type AuditRequest, reportOf } from './catalogue-audit-report.ts';
import { type Problem, problemOf } from './failures.ts';

/**
 * Looks through the catalogue in AEM, once a run; a Schedule starts it each night. What it found is
 * its result, and stands in the Temporal UI. The pages stay with the activity: a history has some
 * twenty events, whatever the size of the catalogue.
 *
 * It fails only where the catalogue can't be read at all; then the next run compares with the last
 * that could.
 */
export async function catalogueAudit(request: AuditRequest = {}): Promise<AuditReport> {
  const { taskQueue, startTime } = workflowInfo();
  const { acquireImsToken, lastAudit } = proxyActivities<AemActivities>(brief(taskQueue));
  const { fetchCatalogue } = proxyActivities<AemActivities>(readingCatalogue(taskQueue));
  const { tier } = request;
  const previous = await lastAudit(taskQueue, tier).catch(explain);

  setCurrentDetails(auditUnderWay(request, previous));
  // Publish is read without a token: its trouble is a finding, not the end.
  const credential = await acquireImsToken().catch(problemOrThrow);
  const count = await fetchCatalogue(tier === undefined ? {} : { tier }).catch(explain);
  const at = startTime.getTime();
  const report = reportOf({ request, previous, credential, count, at });
  setCurrentDetails(auditDetails(report));
  return report;
}

/** The one time-out that says nothing by itself. */
function explain(error: unknown): never {
  const cause = error instanceof ActivityFailure ? error.cause : undefined;
  if (!(cause instanceof TimeoutFailure) || cause.timeoutType !== 'SCHEDULE_TO_START') throw error;
  throw ApplicationFailure.nonRetryable(
    'no worker with AEM took the audit: set AEM_PUBLISH_URL or another AEM_*_URL for the workers',
    'no_aem_worker',
  );
}

function problemOrThrow(error: unknown): Problem {
  const problem = problemOf(error);
  if (!problem) throw error;
  return problem;
}
