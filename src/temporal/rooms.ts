import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { waitingRoomWorkflowId } from '../device-identity.ts';
import { roomClosed, type RoomClosed, waitOver } from '../workflows/messages.ts';
import { ROOM } from '../workflows/search-attributes.ts';
import type { waitingRoom } from '../workflows/waiting-room.ts';
import { isInvalidArgument, isNotFound } from './not-found.ts';

/** Few: who is called first is done first, or all are late together. */
const CALLED_AT_ONCE = 4;
/** Called within the time of one activity, however busy Temporal is. */
const PAGE_SIZE = 500;

const NOBODY = { executions: [], nextPageToken: new Uint8Array() };

/** Starts the workflow that calls all who wait in a room when its process is gone. */
export async function announceRoom(client: Client, taskQueue: string, room: string): Promise<void> {
  await client.workflow.start<typeof waitingRoom>('waitingRoom', {
    workflowId: waitingRoomWorkflowId(taskQueue, room),
    taskQueue,
    args: [room],
    // An earlier try may have come through.
    workflowIdConflictPolicy: 'USE_EXISTING',
  });
}

/** Tells a device that its wait for this code is over. One that is gone needs not be told. */
export async function callDevice(client: Client, workflowId: string, code: string): Promise<void> {
  await tell(async () => client.workflow.getHandle(workflowId).signal(waitOver, { code }));
}

/**
 * Tells those who wait in a room that it is gone, a page of them. Who waits elsewhere by now doesn't care.
 *
 * @param page - Where the page before ended
 * @returns with the next page, where there is one
 */
export async function callWaiting(
  client: Client,
  closed: RoomClosed,
  page?: string,
): Promise<{ called: number; next?: string }> {
  const request = {
    namespace: client.options.namespace,
    query: `${ROOM.name} = '${closed.room.replaceAll("'", '')}' AND ExecutionStatus = 'Running'`,
    pageSize: PAGE_SIZE,
    ...(page === undefined ? {} : { nextPageToken: Buffer.from(page, 'base64') }),
  };
  const { executions, nextPageToken } = await client.workflowService
    .listWorkflowExecutions(request)
    .catch((error: unknown) => {
      // Another store than the one that gave the page: the next round begins at the front.
      if (page !== undefined && isInvalidArgument(error)) return NOBODY;
      throw error;
    });
  const ids = executions.map(({ execution }) => execution?.workflowId ?? '');
  const left = ids.values();
  const lane = async () => {
    for (const workflowId of left) await callAway(client, workflowId, closed);
  };
  const lanes = await Promise.allSettled(Array.from({ length: CALLED_AT_ONCE }, lane));
  for (const done of lanes) if (done.status === 'rejected') throw done.reason;
  const next = Buffer.from(nextPageToken).toString('base64');
  return { called: ids.length, ...(next === '' ? {} : { next }) };
}

/** Tells a device that its room is gone. */
export async function callAway(
  client: Client,
  workflowId: string,
  closed: RoomClosed,
): Promise<void> {
  const { namespace } = client.options;
  await tell(async () => {
    // Its next task would wait for the process that is gone.
    await client.workflowService.resetStickyTaskQueue({ namespace, execution: { workflowId } });
    await client.workflow.getHandle(workflowId).signal(roomClosed, closed);
  });
}

async function tell(send: () => Promise<void>): Promise<void> {
  try {
    await send();
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError || isNotFound(error))) throw error;
  }
}
