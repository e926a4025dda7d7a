import { setTimeout as sleep } from 'node:timers/promises';
import type { KeyRing } from '../sealing/index.ts';
import * as messages from '../workflows/messages.ts';
import { plainCode } from '../workflows/plain-code.ts';
import { CODE } from '../workflows/search-attributes.ts';
import { type ClientContext, within } from './context.ts';
import { DevicePassError } from './errors.ts';
import { identityOf } from './handle.ts';
import { opened } from './standing.ts';

/** A device that shows a code. */
export interface CodeShown {
  workflowId: string;
  /** In Adobe's own spelling. */
  code: string;
}

/** A new code can be searched for a moment later. */
const TRIES = 4;
const PAUSE_MS = 300;
/** More with one code would be too many to tell apart. */
const MOST = 5;

/**
 * The device that shows a code, however it was typed: the second way to it, where no handle comes
 * back from Adobe, or Adobe spells codes otherwise than people type them. Searching is slow and
 * limited in number, so it is not the first.
 *
 * @param isKnown - Adobe knows the code: then it is searched for again
 */
export async function deviceByCode(
  context: ClientContext,
  typed: string,
  { isKnown }: { isKnown: boolean },
): Promise<CodeShown | undefined> {
  const code = plainCode(typed);
  if (!/^[A-Z0-9]+$/.test(code)) return undefined; // it is written into a query
  for (let left = isKnown ? TRIES : 1; left > 0; left -= 1) {
    const shown = await within(context, () => search(context, code));
    const [one, ...others] = shown;
    if (one) return others.length === 0 ? one : undefined;
    if (left > 1) await sleep(PAUSE_MS);
  }
  return undefined;
}

async function search(
  { temporal, taskQueue, keys }: ClientContext,
  code: string,
): Promise<CodeShown[]> {
  const query = `WorkflowType = 'deviceLifecycle' AND ExecutionStatus = 'Running' AND ${CODE.name} = '${code}'`;
  const shown: CodeShown[] = [];
  for await (const found of temporal.workflow.list({ query, pageSize: MOST })) {
    if (found.taskQueue !== taskQueue) continue; // another stack, with another Adobe
    const { workflowId } = found;
    const { standing } = await temporal.workflow.getHandle(workflowId).query(messages.view);
    if (standing.status !== 'pending' || plainCode(standing.code) !== code) continue;
    if (!(await isOwn(keys, workflowId, standing))) continue;
    shown.push({ workflowId, code: standing.code });
    if (shown.length === MOST) break;
  }
  return shown;
}

/** Anybody who can start a workflow can make it found; a code that isn't its own proves nothing. */
async function isOwn(keys: KeyRing, workflowId: string, standing: messages.Standing) {
  try {
    await opened(keys, identityOf(workflowId), standing);
    return true;
  } catch (error) {
    if (error instanceof DevicePassError) return false;
    throw error;
  }
}

/** The same, where a search that fails is no reason to fail. */
export async function deviceByCodeIfAny(
  ...asked: Parameters<typeof deviceByCode>
): Promise<CodeShown | undefined> {
  try {
    return await deviceByCode(...asked);
  } catch (error) {
    if (error instanceof DevicePassError) return undefined;
    throw error;
  }
}
