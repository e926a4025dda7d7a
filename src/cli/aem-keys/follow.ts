import { setTimeout as delay } from 'node:timers/promises';
import { WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { keyRollout } from '../../workflows/index.ts';
import {
  progress,
  type RolloutEvent,
  type RolloutFailure,
  type RolloutReport,
} from '../../workflows/key-rollout/messages.ts';

/** How a roll-out ended. */
export type RolloutEnd =
  | { type: 'worked'; report: RolloutReport }
  | { type: string; message: string; todo: readonly string[] };

const LOOK_EVERY_MS = 300;

/** Tells what happens in a roll-out, from its beginning, until it has ended. */
export async function followRollout(
  handle: WorkflowHandle<typeof keyRollout>,
  tell: (event: RolloutEvent) => void,
): Promise<RolloutEnd> {
  const ended = endOf(handle);
  let told = 0;
  const look = async () => {
    const { events } = await handle.query(progress);
    for (const event of events.slice(told)) tell(event);
    told = events.length;
  };
  const over = ended.then(
    () => true,
    () => true,
  );
  // A worker that restarts can't answer just now; the next look tells what was missed.
  do await look().catch(() => {});
  while (!(await Promise.race([over, delay(LOOK_EVERY_MS, false)])));
  await look().catch(() => {});
  return ended;
}

async function endOf(handle: WorkflowHandle<typeof keyRollout>): Promise<RolloutEnd> {
  try {
    return { type: 'worked', report: await handle.result() };
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    const { cause } = error;
    if (!(cause instanceof ApplicationFailure)) {
      return { type: 'refused', message: cause?.message ?? error.message, todo: [] };
    }
    const [details] = (cause.details ?? []) as [Partial<RolloutFailure>?];
    return { type: cause.type ?? 'refused', message: cause.message, todo: details?.todo ?? [] };
  }
}
