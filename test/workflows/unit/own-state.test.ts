import assert from 'node:assert/strict';
import { ActivityFailure, RetryState, TimeoutFailure } from '@temporalio/common';
import type { Device } from '../../../src/workflows/device.ts';
import { proofForNextRun } from '../../../src/workflows/own-state.ts';
import { newDevice } from '../../../src/workflows/state.ts';

describe('the proof for the next run', () => {
  const failing = (error: Error) => {
    const device: object = {
      state: newDevice('demo', 'device'),
      async inTurn() {
        throw error;
      },
    };
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- all that is looked at
    return proofForNextRun(device as Device);
  };

  it('that a busy worker could not make in time ends no device: its run goes on', async () => {
    const cause = new TimeoutFailure('late', undefined, 'SCHEDULE_TO_CLOSE');
    const { TIMEOUT } = RetryState;
    const error = new ActivityFailure('late', 'proveState', '1', TIMEOUT, 'worker', cause);
    assert.equal(await failing(error), undefined);
  });

  it('hides no mistake of ours', async () => {
    await assert.rejects(failing(new TypeError('oops')), TypeError);
  });
});
