import { hostname } from 'node:os';
import type { ConnectionLike } from '@temporalio/client';
import { tsToMs } from '@temporalio/common/lib/time.js';
import proto from '@temporalio/proto';
import { ConfigError } from '../config.ts';
import { noSuchNamespace } from './namespace.ts';

const { TASK_QUEUE_TYPE_ACTIVITY, TASK_QUEUE_TYPE_WORKFLOW } =
  proto.temporal.api.enums.v1.TaskQueueType;

/** Whoever lives asks again after a minute; the server remembers the dead for five. */
const POLLS_WITHIN_MS = 90_000;
const FORGOTTEN = 'one that has stopped is forgotten after 90 s';
const BEFORE_OWNER = ' for ';

interface Queue {
  namespace: string;
  taskQueue: string;
}

type Connection = Pick<ConnectionLike, 'workflowService'>;

/** What a worker calls itself in Temporal: the process, and the environment of Adobe that it works for. */
export function workerIdentity(adobePassUrl: string): string {
  return identityFor(environmentOf(adobePassUrl));
}

/** What an agent calls itself: the process, and the machine that its AEM runs on. */
export function agentIdentity(): string {
  return identityFor(hostname());
}

/**
 * A device's registration and sessions belong to one environment of Adobe. Workers of two on one queue
 * would take each other's devices, and every second answer would be wrong.
 *
 * @throws ConfigError where workers of another environment listen on the queue
 */
export async function mustBeOneEnvironment(
  connection: Connection,
  { url, ...queue }: Queue & { url: string },
): Promise<void> {
  const type = TASK_QUEUE_TYPE_WORKFLOW;
  const other = await otherOwner(connection, { ...queue, type }, environmentOf(url));
  if (other === undefined) return;
  throw new ConfigError(
    `ADOBE_PASS_URL is ${url}, but workers for ${other} listen on DEVICEPASS_TASK_QUEUE ${queue.taskQueue}: give each environment a queue of its own (${FORGOTTEN})`,
  );
}

/**
 * An instance's keys would be written on whichever machine is faster.
 *
 * @throws ConfigError where the agent of another machine listens for the same instance
 */
export async function mustBeOneHost(
  connection: Connection,
  { id, ...queue }: Queue & { id: string },
): Promise<void> {
  const type = TASK_QUEUE_TYPE_ACTIVITY;
  const other = await otherOwner(connection, { ...queue, type }, hostname());
  if (other === undefined) return;
  throw new ConfigError(
    `AEM_HOST_ID is ${id}, but an agent on ${other} has that id: give each instance its own (${FORGOTTEN})`,
  );
}

function identityFor(owner: string): string {
  return `${process.pid}@${hostname()}${BEFORE_OWNER}${owner}`;
}

/** For whom else somebody listens on a queue. */
async function otherOwner(
  { workflowService }: Connection,
  { namespace, taskQueue, type }: Queue & { type: number },
  owner: string,
): Promise<string | undefined> {
  const { pollers } = await workflowService
    .describeTaskQueue({ namespace, taskQueue: { name: taskQueue }, taskQueueType: type })
    .catch((error: unknown) => {
      throw noSuchNamespace(error, namespace) ?? error;
    });
  const since = Date.now() - POLLS_WITHIN_MS;
  return pollers
    .filter(({ lastAccessTime }) => tsToMs(lastAccessTime) > since)
    .map(({ identity }) => identity?.split(BEFORE_OWNER)[1])
    .find((theirs) => theirs !== undefined && theirs !== owner);
}

/** Adobe's `api.` and `sp.` are two names of one environment. */
function environmentOf(url: string): string {
  return new URL(url).host.replace(/^(api|sp)(?=[.-].*\.adobe\.com$)/, '');
}
