import { getClient } from '@temporalio/activity';
import type { Tier } from '../aem/index.ts';
import type { catalogueAudit } from '../workflows/catalogue-audit.ts';
import type { LastAudit } from '../workflows/catalogue-audit-report.ts';

/** Audits of other tiers may lie between. */
const LOOKED_AT = 30;

/**
 * The last audit of a tier that came to an end, whoever started it: the server keeps it, so nothing
 * else has to. (A Schedule's own hand-over of results leaves out runs that it was told to begin.)
 */
export async function lastAudit(
  taskQueue: string,
  tier: Tier | undefined,
): Promise<LastAudit | undefined> {
  const { workflow } = getClient();
  const completed = workflow.list({
    query: `WorkflowType = 'catalogueAudit' AND ExecutionStatus = 'Completed' AND TaskQueue = '${taskQueue}'`,
    pageSize: LOOKED_AT,
  });
  let looked = 0;
  for await (const { workflowId, runId } of completed) {
    const report = await workflow.getHandle<typeof catalogueAudit>(workflowId, runId).result();
    const { at, count, baseline } = report;
    if (report.tier === tier) return { at, titles: count.titles, baseline };
    if ((looked += 1) >= LOOKED_AT) break;
  }
  return undefined;
}
