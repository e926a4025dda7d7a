import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/client';
import { isNotFound } from './not-found.ts';

/** What became of the histories of a workflow id. */
export interface DeletedRuns {
  /** Runs that are gone, from searches too. */
  deleted: number;
  /** Runs that Temporal was told to delete: it takes half a minute after the end of a run. */
  pending: number;
  /** Why that is not all: what was thrown on the way. */
  error?: unknown;
}

/** How long a run that was told to end may take. */
const ENDS_WITHIN_MS = 10_000;
const PAUSE_MS = 100;

/**
 * Deletes the histories of a workflow id with all that searches show of them: the run that has just
 * ended, those before it, and those of earlier lives. A life that began since goes on.
 *
 * @param ended - The run that ends now; absent: none is known
 * @param waitMs - How long to wait until all is gone. Temporal keeps its word without anybody waiting
 */
export async function deleteRuns(
  client: Client,
  workflowId: string,
  { ended, waitMs }: { ended: string | undefined; waitMs: number },
): Promise<DeletedRuns> {
  const told = new Set<string>();
  const left = new Set(ended ? [ended] : []);
  const until = Date.now() + waitMs;
  let deleted = 0;
  try {
    if (ended) {
      await untilClosed(client, workflowId, ended);
      for (const runId of await runsUpTo(client, workflowId, ended)) left.add(runId);
    }
    for (;;) {
      // Temporal's list is a little behind, in both directions.
      const listed = await closedRuns(client, workflowId);
      for (const runId of listed) if (!told.has(runId)) left.add(runId);
      for (const runId of left) {
        if (!told.has(runId)) await tell(client, workflowId, runId);
        told.add(runId);
        if (!(await isUnknown(client, workflowId, runId))) continue;
        left.delete(runId);
        deleted += 1;
      }
      const isDone = left.size === 0 && listed.length === 0;
      if (isDone || Date.now() >= until) return { deleted, pending: left.size };
      await sleep(PAUSE_MS);
    }
  } catch (error) {
    return { deleted, pending: left.size, error };
  }
}

/** A run that says goodbye to those who watch takes seconds where they are not there any more. */
async function untilClosed(client: Client, workflowId: string, runId: string): Promise<void> {
  const until = Date.now() + ENDS_WITHIN_MS;
  while (Date.now() < until) {
    try {
      const { status } = await client.workflow.getHandle(workflowId, runId).describe();
      if (status.name !== 'RUNNING') return;
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return;
      throw error;
    }
    await sleep(PAUSE_MS);
  }
}

/** A run and those that it carried on, by their own first events: a list may not have them yet. */
async function runsUpTo(client: Client, workflowId: string, last: string): Promise<string[]> {
  const runs: string[] = [];
  let runId: string | undefined = last;
  while (runId) {
    runs.push(runId);
    runId = await runBefore(client, workflowId, runId);
  }
  return runs;
}

async function runBefore(
  client: Client,
  workflowId: string,
  runId: string,
): Promise<string | undefined> {
  try {
    const { history } = await client.workflowService.getWorkflowExecutionHistory({
      namespace: client.options.namespace,
      execution: { workflowId, runId },
      maximumPageSize: 1,
    });
    const [first] = history?.events ?? [];
    return first?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId || undefined;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

async function closedRuns(client: Client, workflowId: string): Promise<string[]> {
  const query = `WorkflowId = ${JSON.stringify(workflowId)} AND ExecutionStatus != 'Running'`;
  const runs: string[] = [];
  for await (const { runId } of client.workflow.list({ query })) runs.push(runId);
  return runs;
}

async function tell(client: Client, workflowId: string, runId: string): Promise<void> {
  try {
    await client.workflowService.deleteWorkflowExecution({
      namespace: client.options.namespace,
      workflowExecution: { workflowId, runId },
    });
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

async function isUnknown(client: Client, workflowId: string, runId: string): Promise<boolean> {
  try {
    await client.workflow.getHandle(workflowId, runId).describe();
    return false;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return true;
    throw error;
  }
}
