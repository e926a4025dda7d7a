import { createHash } from 'node:crypto';
import {
  type Binding,
  MissingKeyError,
  open,
  seal,
  type Sealed,
  SealedError,
} from '../sealing/index.ts';
import type { DeviceState } from '../workflows/state.ts';
import type { Dependencies } from './dependencies.ts';
import { applicationFailure } from './failures.ts';
import { ownWorkflow } from './own-workflow.ts';

/**
 * What a run hands on is an input that anybody with Temporal can make up or repeat. So it carries a
 * proof that only a worker can make, for this state and from this run.
 */
export function stateActivities({ keys }: Pick<Dependencies, 'keys'>) {
  return {
    /** Made by a run for the one that follows it. */
    async proveState(state: DeviceState): Promise<Sealed<null>> {
      const { workflowId, runId } = ownWorkflow();
      return seal(keys, null, ofState(workflowId, runId, state));
    },

    /** Whether the run before has handed on just this. */
    async isProven(state: DeviceState, proof: Sealed<null>, runBefore: string): Promise<boolean> {
      try {
        await open(keys, proof, ofState(ownWorkflow().workflowId, runBefore, state));
        return true;
      } catch (error) {
        if (!(error instanceof SealedError)) throw error;
        if (!(error instanceof MissingKeyError)) return false;
        const details = { action: 'configuration' };
        throw applicationFailure('sealed_value', error.message, details, { nonRetryable: false });
      }
    },
  };
}

/** JSON keeps the order of names from one end of Temporal to the other. */
function ofState(workflowId: string, runId: string, state: DeviceState): Binding {
  const digest = createHash('sha256').update(JSON.stringify(state)).digest('hex');
  return { purpose: 'state', owner: [workflowId, runId, digest] };
}
