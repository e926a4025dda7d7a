import { proxyActivities, proxyLocalActivities, sleep, workflowInfo } from '@temporalio/workflow';
import type { RoomActivities } from '../activities/room.ts';
import * as options from './activity-options.ts';
import { problemOf } from './failures.ts';

/** After the end of a room; then again, for searching is late by seconds and a code lives half an hour. */
const CALLS_AFTER_MS = [0, 15_000, 60_000, 600_000];

/**
 * The waiting room of one process. While the process lives, an activity there says so; when it has
 * died, or stops, all devices that waited there are called, and wait elsewhere.
 *
 * @param room - Names the process, and with it the task queue that it alone serves
 */
export async function waitingRoom(room: string): Promise<void> {
  const { taskQueue } = workflowInfo();
  const { keepRoom } = proxyActivities<RoomActivities>(options.keepingRoom(taskQueue, room));
  const { callWaiting } = proxyLocalActivities<RoomActivities>(options.calling);
  const silentSince = await keepRoom().then(Date.now, silence);
  for (const pause of CALLS_AFTER_MS) {
    if (pause > 0) await sleep(pause);
    // Each page is on record: a worker that dies meanwhile is followed where it was.
    let page: string | undefined;
    do page = (await callWaiting({ room, silentSince }, page)).next;
    while (page !== undefined);
  }
}

/** ms since the epoch: when a room was heard of last. */
function silence(error: unknown): number {
  return Date.now() - (problemOf(error)?.code === 'worker_stopping' ? 0 : options.DEAD_AFTER_MS);
}
