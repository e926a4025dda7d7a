import { hostname } from 'node:os';
import type { ConnectionLike } from '@temporalio/client';
import { tsToMs } from '@temporalio/common/lib/time.js';
import proto from '@temporalio/proto';
import { ConfigError } from '../config.ts';

/** Whoever lives asks again after a minute; the server remembers the dead for five. */
const POLLS_WITHIN_MS = 90_000;
const BEFORE_ENVIRONMENT = ' for ';

/** What a worker calls itself in Temporal: the process, and the environment of Adobe that it works for. */
export function workerIdentity(adobePassUrl: string): string {
  return `${process.pid}@${hostname()}${BEFORE_ENVIRONMENT}${environmentOf(adobePassUrl)}`;
}

/**
 * A device's registration and sessions belong to one environment of Adobe. Workers of two on one queue
 * would take each other's devices, and every second answer would be wrong.
 *
 * @throws ConfigError where workers of another environment listen on the queue
 */
export async function mustBeOneEnvironment(
  { workflowService }: Pick<ConnectionLike, 'workflowService'>,
  { namespace, taskQueue, url }: { namespace: string; taskQueue: string; url: string },
): Promise<void> {
  const { pollers } = await workflowService.describeTaskQueue({
    namespace,
    taskQueue: { name: taskQueue },
    taskQueueType: proto.temporal.api.enums.v1.TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
  });
  const ours = environmentOf(url);
  for (const { identity, lastAccessTime } of pollers) {
    const [, theirs = ours] = identity?.split(BEFORE_ENVIRONMENT) ?? [];
    if (theirs === ours || tsToMs(lastAccessTime) < Date.now() - POLLS_WITHIN_MS) continue;
    throw new ConfigError(
      `ADOBE_PASS_URL is ${url}, but workers for ${theirs} listen on DEVICEPASS_TASK_QUEUE ${taskQueue}: give each environment a queue of its own (workers that have stopped are forgotten after 90 s)`,
    );
  }
}

/** Adobe's `api.` and `sp.` are two names of one environment. */
function environmentOf(url: string): string {
  return new URL(url).host.replace(/^(api|sp)(?=[.-].*\.adobe\.com$)/, '');
}
