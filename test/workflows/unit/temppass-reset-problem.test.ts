import assert from 'node:assert/strict';
import type { TimeoutType } from '@temporalio/common';
import { ActivityFailure, TimeoutFailure } from '@temporalio/workflow';
import { managing } from '../../../src/workflows/activity-options.ts';
import { resetProblem } from '../../../src/workflows/temppass-reset-problem.ts';

describe('a nightly reset of trials', () => {
  const after = (timeoutType: TimeoutType) =>
    resetProblem(
      new ActivityFailure(
        'x',
        'resetTempPass',
        '1',
        'TIMEOUT',
        undefined,
        new TimeoutFailure('x', undefined, timeoutType),
      ),
    );

  it('that no worker takes within minutes names the setting that workers lack', () => {
    const problem = after('SCHEDULE_TO_START');
    assert.deepEqual([problem?.code, problem?.action], ['no_management_worker', 'configuration']);
    assert.match(problem?.message ?? '', /start one with ADOBE_MANAGEMENT_STATEMENT_FILE/);
    assert.equal(managing('queue').scheduleToStartTimeout, '10 minutes');
  });

  it('that was begun and took too long is for later', () => {
    assert.equal(after('START_TO_CLOSE')?.action, 'retry');
  });
});
