import { isDeepStrictEqual } from 'node:util';
import { WorkflowIdConflictPolicy } from '@temporalio/common';
import { tsToMs } from '@temporalio/common/lib/time.js';
import proto from '@temporalio/proto';
import {
  type Client,
  WorkflowExecutionAlreadyStartedError,
  type WorkflowHandle,
} from '@temporalio/client';
import { sealOrders } from '../../activities/key-rollout/orders.ts';
import type { KeyRing } from '../../sealing/index.ts';
import { hostQueue } from '../../workflows/activity-options.ts';
import type { keyRollout } from '../../workflows/index.ts';
import { rolloutId, type RolloutRequest } from '../../workflows/key-rollout/messages.ts';
import { CommandError } from '../fail.ts';

const { TASK_QUEUE_TYPE_ACTIVITY, TASK_QUEUE_TYPE_WORKFLOW } =
  proto.temporal.api.enums.v1.TaskQueueType;

/** A roll-out to follow. */
export interface Started {
  handle: WorkflowHandle<typeof keyRollout>;
  /** It ran already, for the same request. */
  joined: boolean;
}

/**
 * Starts the roll-out of a farm, or joins one of the same request that runs already.
 *
 * @param keys - The agents' ring: they do nothing but what its holder has ordered
 * @throws CommandError when a worker or an agent is missing, or one of another request runs
 */
export async function startRollout(
  client: Client,
  taskQueue: string,
  request: RolloutRequest,
  keys: KeyRing,
): Promise<Started> {
  await mustBeThere(client, taskQueue, request);
  const mandate = await sealOrders(keys, request);
  const workflowId = rolloutId(request.farm, request);
  try {
    const handle = await client.workflow.start<typeof keyRollout>('keyRollout', {
      taskQueue,
      workflowId,
      args: [request, mandate],
      memo: { request },
      workflowIdConflictPolicy: WorkflowIdConflictPolicy.FAIL,
      // A killed worker is replaced in 5 s instead of 10.
      workflowTaskTimeout: '5 s',
      staticSummary: `Keys of ${request.farm}${request.dryRun ? ', dry run' : ''}`,
    });
    return { handle, joined: false };
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    const handle = client.workflow.getHandle<typeof keyRollout>(workflowId);
    const { memo } = await handle.describe();
    if (isDeepStrictEqual(memo?.['request'], request)) return { handle, joined: true };
    throw new CommandError(
      `a roll-out of ${request.farm} with another farm file or other options runs already: watch it with \`devicepass aem keys status\``,
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

/** Whoever lives asks again after a minute; the server remembers the dead for five. */
const POLLS_WITHIN_MS = 90_000;

async function hasPollers(client: Client, name: string, taskQueueType: number): Promise<boolean> {
  const { pollers } = await client.workflowService.describeTaskQueue({
    namespace: client.options.namespace,
    taskQueue: { name },
    taskQueueType,
  });
  const since = Date.now() - POLLS_WITHIN_MS;
  return (pollers ?? []).some(({ lastAccessTime }) => tsToMs(lastAccessTime) > since);
}
