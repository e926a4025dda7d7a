import {
  type Client,
  isGrpcServiceError,
  ScheduleNotFoundError,
  WorkflowFailedError,
} from '@temporalio/client';
import { ActivityFailure, ApplicationFailure, TimeoutFailure } from '@temporalio/common';
import { aemQueue } from '../workflows/activity-options.ts';
import type { catalogueAudit } from '../workflows/catalogue-audit.ts';
import { type AuditReport, type AuditRequest } from '../workflows/catalogue-audit-report.ts';
import { DevicePassError } from './errors.ts';

export type { AuditReport, AuditRequest, Finding } from '../workflows/catalogue-audit-report.ts';

/** Audits of the catalogue: now, or by a Temporal Schedule. */
export interface Audits {
  /** Id of the Schedule, and beginning of the ids of all workflows. */
  id: string;
  /** Id of the workflow of a run that isn't scheduled. */
  workflowId(request?: AuditRequest): string;
  /**
   * Runs one and waits for it; joins one of the same request that runs already.
   *
   * @throws DevicePassError `no_aem_worker`, or the code of what went wrong at AEM
   */
  run(request?: AuditRequest): Promise<AuditReport>;
  /** Runs one again and again. Replaces the former schedule. `cron` is in UTC. */
  schedule(cron: string, request?: AuditRequest): Promise<void>;
  /** False when there was no schedule. */
  unschedule(): Promise<boolean>;
}

/** Audits by the workers of a queue. */
export function createAudits(temporal: Client, taskQueue: string): Audits {
  const id = `catalogue-audit:${taskQueue}`;

  // Another tier or other rules are another audit: nobody may be told the result of a different one.
  const workflowId = (request: AuditRequest = {}) =>
    [
      id,
      ...Object.entries(request)
        .map(([name, value]) => `${name}=${value}`)
        .toSorted(),
    ].join(':');

  const audit = (request: AuditRequest) => ({
    taskQueue,
    args: [request] as [AuditRequest],
    staticSummary: 'catalogue audit',
  });

  return {
    id,
    workflowId,
    async run(request = {}) {
      await mustBeServed(temporal, aemQueue(taskQueue));
      const handle = await temporal.workflow.start<typeof catalogueAudit>('catalogueAudit', {
        ...audit(request),
        workflowId: workflowId(request),
        workflowIdConflictPolicy: 'USE_EXISTING',
      });
      return handle.result().catch(explain);
    },
    async schedule(cron, request = {}) {
      if (request.acceptSize) {
        throw new DevicePassError(
          'invalid_request',
          'acceptSize is for one audit: on a schedule no shrinking would ever be noticed',
        );
      }
      const action = {
        ...audit(request),
        workflowId: id,
        type: 'startWorkflow' as const,
        workflowType: 'catalogueAudit',
      };
      const spec = { cronExpressions: [cron] };
      try {
        const updated = await ifScheduled(temporal, id, (schedule) =>
          schedule.update((former) => ({ ...former, spec, action })),
        );
        if (!updated) await temporal.schedule.create({ scheduleId: id, spec, action });
      } catch (error) {
        if (!isRefused(error)) throw error;
        throw new DevicePassError(
          'invalid_request',
          `schedule is ${JSON.stringify(cron)}: use cron, as "0 3 * * *" for three at night (UTC)`,
        );
      }
    },
    unschedule: () => ifScheduled(temporal, id, (schedule) => schedule.delete()),
  };
}

type Handle = ReturnType<Client['schedule']['getHandle']>;

async function ifScheduled(
  temporal: Client,
  id: string,
  change: (schedule: Handle) => Promise<unknown>,
): Promise<boolean> {
  try {
    await change(temporal.schedule.getHandle(id));
    return true;
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return false;
    throw error;
  }
}

/** gRPC's INVALID_ARGUMENT. */
const INVALID_ARGUMENT: number = 3;

/** What Temporal says of something that is no cron, as it is or as its client words it. */
function isRefused(error: unknown): boolean {
  const status: number | undefined = isGrpcServiceError(error) ? error.code : undefined;
  return error instanceof TypeError || status === INVALID_ARGUMENT;
}

/** A worker that has just started is known to the server a moment later. */
const GRACE_MS = 5_000;

/** Better now than after ten minutes of waiting for a worker. */
async function mustBeServed(temporal: Client, queue: string): Promise<void> {
  const until = Date.now() + GRACE_MS;
  do {
    const { pollers } = await temporal.workflowService.describeTaskQueue({
      namespace: temporal.options.namespace,
      taskQueue: { name: queue },
      taskQueueType: 2, // activities
    });
    if (pollers.length > 0) return;
    await new Promise((resolve) => setTimeout(resolve, 250));
  } while (Date.now() < until);
  throw new DevicePassError(
    'no_aem_worker',
    `no worker serves ${queue}: start one with AEM_PUBLISH_URL, or another AEM_*_URL, set`,
    { action: 'configuration' },
  );
}

function explain(error: unknown): never {
  if (!(error instanceof WorkflowFailedError)) throw error;
  const cause = error.cause instanceof ActivityFailure ? error.cause.cause : error.cause;
  if (cause instanceof ApplicationFailure) {
    throw new DevicePassError(cause.type ?? 'failed', cause.message);
  }
  if (cause instanceof TimeoutFailure) {
    throw new DevicePassError('timeout', 'the catalogue could not be read in two hours: see AEM');
  }
  throw new DevicePassError('failed', 'the audit was ended before its time: run it again');
}
