import { allHandlersFinished, condition, workflowInfo } from '@temporalio/workflow';
import type { Device } from '../device.ts';

const DEFAULT_EVENTS = 2_000;
/** Requests come in bursts; between two of them a second passes. */
const QUIET_MS = 1_000;

/** Whether the history has grown so long that a new run should carry on. Never while a code is shown. */
export function runIsLong({ state }: Device): boolean {
  const { continueAsNewSuggested, historyLength } = workflowInfo();
  const limit = state.settings?.continueAsNewAfterEvents ?? DEFAULT_EVENTS;
  return state.phase.name !== 'awaiting-login' && (continueAsNewSuggested || historyLength > limit);
}

/**
 * The same once nothing is under way any more. A request that just ended may have put a code on the
 * screen, or changed what watchers have to hear of: then this run goes on.
 *
 * A run can't end in a task during which something else comes in: the server fails that task, and the
 * update that it answered is never heard of again (seen on 1.31). So what is sure to come is waited
 * for, and the run ends in a quiet moment, in a task that answers nobody.
 */
export async function isTimeForANewRun(device: Device): Promise<boolean> {
  if (!runIsLong(device)) return false;
  const { generation } = device.state;
  const changed = () => device.state.generation !== generation;
  await condition(() => isQuiet(device) || changed());
  if (changed() || (await condition(changed, QUIET_MS))) return false;
  return isQuiet(device) && runIsLong(device);
}

/** Nothing is under way that the next run would not know of. */
export function isQuiet({ pendingDeliveries }: Device): boolean {
  return allHandlersFinished() && pendingDeliveries === 0;
}
