import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import { optionalTsToMs } from '@temporalio/common/lib/time.js';
import type { RoomBeat } from '../activities/room.ts';
import { waitingRoomWorkflowId } from '../device-identity.ts';
import { isNotFound } from './not-found.ts';

/** Few: operators and autoscalers ask, and nobody waits for their answer. */
const ASKED_AT_ONCE = 8;

/** The waiting room of a worker process that lives, as far as Temporal knows. */
export interface OpenRoom {
  /** As the search attribute `DevicepassRoom` names it. */
  room: string;
  /** The process: its id, and its machine. */
  worker: string;
  /** ms since the epoch: open since; heard of last. */
  since: number;
  heardOf: number;
  /** Devices that wait in it. Unknown of workers that are too old to tell. */
  waiting?: number;
}

/** All open rooms of a task queue. One that was opened in the last seconds may be missing: searching is late. */
export async function listRooms(client: Client, taskQueue: string): Promise<OpenRoom[]> {
  const query = `WorkflowType = 'waitingRoom' AND TaskQueue = ${JSON.stringify(taskQueue)} AND ExecutionStatus = 'Running'`;
  const found = client.workflow.list({ query })[Symbol.asyncIterator]();
  const rooms: OpenRoom[] = [];
  const lane = async () => {
    for (let next = await found.next(); !next.done; next = await found.next()) {
      const room = await roomOf(client, taskQueue, next.value.workflowId);
      if (room) rooms.push(room);
    }
  };
  const lanes = await Promise.allSettled(Array.from({ length: ASKED_AT_ONCE }, lane));
  for (const done of lanes) if (done.status === 'rejected') throw done.reason;
  return rooms.sort((one, other) => one.since - other.since || (one.room < other.room ? -1 : 1));
}

/** Nothing for one that has closed: its workflow still calls those who waited there. */
async function roomOf(
  client: Client,
  taskQueue: string,
  workflowId: string,
): Promise<OpenRoom | undefined> {
  const described = await client.workflow
    .getHandle(workflowId)
    .describe()
    .catch((error: unknown) => {
      if (error instanceof WorkflowNotFoundError || isNotFound(error)) return undefined;
      throw error;
    });
  const keeping = described?.raw.pendingActivities?.find(
    ({ activityType }) => activityType?.name === 'keepRoom',
  );
  if (!described || !keeping) return undefined;
  const [details] = keeping.heartbeatDetails?.payloads ?? [];
  const { waiting } = details
    ? defaultPayloadConverter.fromPayload<Partial<RoomBeat>>(details)
    : {};
  const since = described.startTime.getTime();
  const { lastHeartbeatTime, lastStartedTime } = keeping;
  return {
    room: workflowId.slice(waitingRoomWorkflowId(taskQueue, '').length),
    worker: keeping.lastWorkerIdentity ?? '',
    since,
    heardOf: optionalTsToMs(lastHeartbeatTime) ?? optionalTsToMs(lastStartedTime) ?? since,
    ...(waiting === undefined ? {} : { waiting }),
  };
}
