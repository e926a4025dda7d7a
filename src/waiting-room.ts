import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { type NativeConnection, Worker } from '@temporalio/worker';
import type { WaitingRoom } from './activities/index.ts';
import { keepRoom } from './activities/room.ts';
import { mustBe, mustBeItsOwn } from './activities/own-workflow.ts';
import { type DeviceIdentity, waitingRoomWorkflowId } from './device-identity.ts';
import { announceRoom, callAway } from './temporal/rooms.ts';
import { ROOM_SILENCE_MS, roomQueue } from './workflows/activity-options.ts';

/** So long nobody may ask whether the process lives, before it opens a new room. */
const UNWATCHED_MS = 2 * ROOM_SILENCE_MS;

interface Where {
  connection: NativeConnection;
  client: Client;
  namespace: string;
  taskQueue: string;
  /** What operators should know. */
  log: (message: string, fields: Record<string, unknown>) => void;
}

/** The worker of a process that waits: nobody else serves its queue. */
export interface RoomWorker {
  worker: Worker;
  /** Announces the room, again where Temporal has taken the process for dead. Ends with `close`. */
  keepOpen: () => Promise<void>;
  close: () => void;
}

/** Lets others know that this process waits for devices, and devices that it is gone once it is. */
export async function openRoom(room: WaitingRoom, where: Where): Promise<RoomWorker> {
  const { connection, client, namespace, taskQueue, log } = where;
  const closed = new AbortController();
  let watchers = 0;
  let watchedAt = 0;
  const worker = await Worker.create({
    connection,
    namespace,
    taskQueue: roomQueue(taskQueue, room.id),
    activities: {
      async keepRoom() {
        mustBe(waitingRoomWorkflowId(taskQueue, room.id));
        watchers += 1;
        try {
          await keepRoom(() => room.size);
        } finally {
          watchers -= 1;
          watchedAt = Date.now();
        }
      },
      async leaveRoom(whose: DeviceIdentity) {
        mustBeItsOwn(whose);
        room.leave(whose);
      },
    },
    maxConcurrentActivityTaskExecutions: 50,
    maxConcurrentActivityTaskPolls: 1,
    maxHeartbeatThrottleInterval: ROOM_SILENCE_MS / 3,
    shutdownGraceTime: 0,
  });
  const isAnnounced = async () =>
    announceRoom(client, taskQueue, room.id).then(
      () => true,
      (error: unknown) => {
        log('room could not be announced', { room: room.id, error: String(error) });
        return false;
      },
    );
  /** Those who were called away wait elsewhere by now, the others are to be watched over again. */
  const callAll = async ({ closed: was, waiters }: ReturnType<WaitingRoom['rename']>) => {
    for (const waiter of waiters) {
      const gone = { room: was, silentSince: Date.now() };
      room.leave(waiter);
      await callAway(client, waiter.workflowId, gone).catch((error: unknown) =>
        log('device could not be called', { workflowId: waiter.workflowId, error: String(error) }),
      );
    }
  };
  const isUnwatched = () => watchers === 0 && Date.now() - watchedAt > UNWATCHED_MS;
  return {
    worker,
    async keepOpen() {
      const pause = async () =>
        sleep(1_000, undefined, { signal: closed.signal }).catch(() => undefined);
      for (let left: ReturnType<WaitingRoom['rename']> | undefined; !closed.signal.aborted;) {
        // Temporal may be away.
        while (!(await isAnnounced()) && !closed.signal.aborted) await pause();
        watchedAt = Date.now();
        if (left) await callAll(left);
        while (!closed.signal.aborted && !isUnwatched()) await pause();
        if (closed.signal.aborted) return;
        left = room.rename();
        log('room taken for dead: it has a new name', { was: left.closed, room: room.id });
      }
    },
    close() {
      closed.abort();
      room.close();
    },
  };
}
