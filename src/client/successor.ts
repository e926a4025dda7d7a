import * as messages from '../workflows/messages.ts';
import type { DeviceWorkflow } from './device-workflow.ts';

/** How often the successor of an ended code is asked for, and how long. */
const EVERY_MS = 250;
const WITHIN_MS = 15_000;

/**
 * Says that somebody is there, a moment before a code ends, and asks for what follows it; nothing
 * where nothing did.
 */
export async function successorOf(
  workflow: DeviceWorkflow,
  { generation, expiresAt }: Extract<messages.Standing, { status: 'pending' }>,
  ended: AbortSignal,
): Promise<messages.Standing | undefined> {
  await workflow.signal(messages.present, { generation });
  while (!ended.aborted && Date.now() < expiresAt + WITHIN_MS) {
    const pause = Math.max(EVERY_MS, expiresAt - Date.now() + EVERY_MS / 2);
    await new Promise((resolve) => setTimeout(resolve, pause));
    const { standing } = await workflow.query(messages.view);
    if (standing.generation !== generation) return standing;
  }
  return undefined;
}
