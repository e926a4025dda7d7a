import { WorkflowIdConflictPolicy } from '@temporalio/common';
import proto from '@temporalio/proto';
import { type Client, WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { hostQueue } from '../../workflows/activity-options.ts';
import type { keyRollout } from '../../workflows/index.ts';
import { rolloutId, type RolloutRequest } from '../../workflows/key-rollout/messages.ts';
import { CommandError } from '../fail.ts';

const { TASK_QUEUE_TYPE_ACTIVITY, TASK_QUEUE_TYPE_WORKFLOW } =
  proto.temporal.api.enums.v1.TaskQueueType;

/**
 * Starts the roll-out of a farm.
 *
 * @throws CommandError when a worker or an agent is missing, or one runs for this farm already
 */
export async function startRollout(client: Client, taskQueue: string, request: RolloutRequest) {
  await mustBeThere(client, taskQueue, request);
  try {
    return await client.workflow.start<typeof keyRollout>('keyRollout', {
      taskQueue,
      workflowId: rolloutId(request.farm),
      args: [request],
      workflowIdConflictPolicy: WorkflowIdConflictPolicy.FAIL,
      // A killed worker is replaced in 5 s instead of 10.
      workflowTaskTimeout: '5 s',
      staticSummary: `Keys of ${request.farm}${request.dryRun ? ', dry run' : ''}`,
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    throw new CommandError(
      `a roll-out of ${request.farm} runs already: watch it with \`devicepass aem keys status\``,
    );
  }
}

/** Whoever waits for a roll-out should hear at once that nobody is there to do it. */
async function mustBeThere(client: Client, taskQueue: string, { hosts }: RolloutRequest) {
  if (!(await hasPollers(client, taskQueue, TASK_QUEUE_TYPE_WORKFLOW))) {
    throw new CommandError(`no worker on task queue ${taskQueue}: start \`devicepass worker\``);
  }
  const missing: string[] = [];
  for (const { id } of hosts) {
    if (!(await hasPollers(client, hostQueue(id), TASK_QUEUE_TYPE_ACTIVITY))) missing.push(id);
  }
  if (missing.length === 0) return;
  throw new CommandError(
    `no agent of ${missing.join(', ')} is connected: start \`devicepass agent\` there`,
  );
}

async function hasPollers(client: Client, name: string, taskQueueType: number): Promise<boolean> {
  const { pollers } = await client.workflowService.describeTaskQueue({
    namespace: client.options.namespace,
    taskQueue: { name },
    taskQueueType,
  });
  return (pollers?.length ?? 0) > 0;
}
