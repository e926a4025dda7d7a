import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { waitingRoomWorkflowId } from '../device-identity.ts';
import { roomClosed, type RoomClosed, waitOver } from '../workflows/messages.ts';
import { ROOM } from '../workflows/search-attributes.ts';
import type { waitingRoom } from '../workflows/waiting-room.ts';
import { isNotFound } from './not-found.ts';

/** Few: who is called first is done first, or all are late together. */
const CALLED_AT_ONCE = 4;

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

/** Tells all who wait in a room that it is gone. Who waits elsewhere by now doesn't care. */
export async function callWaiting(client: Client, closed: RoomClosed): Promise<{ called: number }> {
  const query = `${ROOM.name} = '${closed.room.replaceAll("'", '')}' AND ExecutionStatus = 'Running'`;
  const found = client.workflow.list({ query, pageSize: 1_000 })[Symbol.asyncIterator]();
  let called = 0;
  const lane = async () => {
    for (let next = await found.next(); !next.done; next = await found.next()) {
      const { workflowId } = next.value;
      await callAway(client, workflowId, closed);
      called += 1;
    }
  };
  const lanes = await Promise.allSettled(Array.from({ length: CALLED_AT_ONCE }, lane));
  for (const done of lanes) if (done.status === 'rejected') throw done.reason;
  return { called };
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
