import type { DeviceIdentity } from '../device-identity.ts';
import { open, SealedError } from '../sealing/index.ts';
import type { Subject } from '../service-tokens/index.ts';
import * as messages from '../workflows/messages.ts';
import { HOUSEHOLD } from '../workflows/search-attributes.ts';
import { answered } from './answered.ts';
import { type ClientContext, within } from './context.ts';
import { DevicePassError } from './errors.ts';
import { identityOf } from './handle.ts';
import { householdIds, proofOf, tvIdOf } from './household-id.ts';

/** A TV that is proven to be of the household. */
export interface FoundTv {
  id: string;
  workflowId: string;
  identity: DeviceIdentity;
  household: messages.HouseholdView;
  standing: messages.Standing;
}

/** More than a household has; a token that leaked makes no list without end. */
const MOST = 100;

/**
 * The TVs of a household. Searching lags by a moment, so each is asked where it belongs; and whoever can
 * write to Temporal could make any workflow found, so each proves that a client put it there.
 */
export async function findTvs(context: ClientContext, who: Subject): Promise<FoundTv[]> {
  const ids = householdIds(context.keys, who).map((id) => `'${id}'`);
  const query = `WorkflowType = 'deviceLifecycle' AND ExecutionStatus = 'Running' AND ${HOUSEHOLD.name} IN (${ids.join(', ')})`;
  const found = await within(context, async () => {
    const workflowIds: string[] = [];
    for await (const { workflowId, taskQueue } of context.temporal.workflow.list({
      query,
      pageSize: MOST,
    })) {
      if (taskQueue === context.taskQueue) workflowIds.push(workflowId);
      if (workflowIds.length === MOST) break;
    }
    return workflowIds;
  });
  const tvs = await Promise.all(found.map((workflowId) => lookAtTv(context, who, workflowId)));
  return tvs.flatMap((tv) => tv ?? []);
}

/** One TV; undefined where it is of no, or of another household, or does not answer. */
export async function lookAtTv(
  context: ClientContext,
  who: Subject,
  workflowId: string,
): Promise<FoundTv | undefined> {
  const handle = context.temporal.workflow.getHandle(workflowId);
  try {
    const { household, standing } = await within(context, () =>
      answered(() => handle.query(messages.view)),
    );
    if (!household || !householdIds(context.keys, who).includes(household.id)) return undefined;
    const identity = identityOf(workflowId);
    await open(context.keys, household.proof, proofOf(household.id, identity));
    return { id: tvIdOf(workflowId), workflowId, identity, household, standing };
  } catch (error) {
    if (error instanceof SealedError || isGone(error)) return undefined;
    throw error;
  }
}

/** Its life ended meanwhile, or no worker answers for it. */
function isGone(error: unknown): boolean {
  return error instanceof DevicePassError && ['not_signed_in', 'no_answer'].includes(error.code);
}
