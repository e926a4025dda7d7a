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

/** What a room tells with each heartbeat. No secret: it crosses Temporal as it is. */
export interface RoomBeat {
  /** How many devices wait in it. */
  waiting: number;
}

/**
 * Beats a few times within the time-out, until the process stops or nobody listens any more.
 *
 * @param size - How many devices wait at the moment
 */
export async function keepRoom(size: () => number): Promise<void> {
  const { cancelled, info } = Context.current();
  const beat = () => heartbeat({ waiting: size() } satisfies RoomBeat);
  const beating = setInterval(beat, (info.heartbeatTimeoutMs ?? 3_000) / 3);
  beat();
  try {
    await cancelled;
  } catch (error) {
    const stopping = error instanceof Error && error.message === 'WORKER_SHUTDOWN';
    throw stopping ? workerStopping({ isItsOwn: true }) : error;
  } finally {
    clearInterval(beating);
  }
}
