import { Context, heartbeat } from '@temporalio/activity';
import type { RoomClosed } from '../workflows/messages.ts';
import { workerStopping } from './failures.ts';

/** What keeps the waiting room of a process: see the workflow `waitingRoom`. */
export interface RoomActivities {
  /** Runs in the process itself. Ends when it stops, or when Temporal has not heard of it in time. */
  keepRoom: () => Promise<void>;
  /** Tells those who wait in a room that it is gone, page by page. */
  callWaiting: (closed: RoomClosed, page?: string) => Promise<{ called: number; next?: string }>;
}

/** Beats a few times within the time-out, until the process stops or nobody listens any more. */
export async function keepRoom(): Promise<void> {
  const { cancelled, info } = Context.current();
  const beating = setInterval(() => heartbeat(), (info.heartbeatTimeoutMs ?? 3_000) / 3);
  heartbeat();
  try {
    await cancelled;
  } catch (error) {
    const stopping = error instanceof Error && error.message === 'WORKER_SHUTDOWN';
    throw stopping ? workerStopping({ isItsOwn: true }) : error;
  } finally {
    clearInterval(beating);
  }
}
