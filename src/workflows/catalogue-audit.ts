import {
  proxyActivities,
  setCurrentDetails,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { AemActivities } from '../activities/index.ts';
import { brief, readingCatalogue } from './activity-options.ts';
import { auditDetails, auditUnderWay } from './catalogue-audit-details.ts';
import { credentialProblem, explained } from './catalogue-audit-problems.ts';
import { type AuditReport, type AuditRequest, reportOf } from './catalogue-audit-report.ts';
import type { Problem } from './failures.ts';
import { LAST_ERROR } from './search-attributes.ts';

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
  // Nobody looks at the result of a nightly run: this is what a search, or an alarm on it, finds.
  const [worst] = report.findings;
  if (worst?.severity === 'error') upsertSearchAttributes([{ key: LAST_ERROR, value: worst.code }]);
  return report;
}

function explain(error: unknown): never {
  throw explained(error);
}

function problemOrThrow(error: unknown): Problem {
  const problem = credentialProblem(error);
  if (!problem) throw error;
  return problem;
}
