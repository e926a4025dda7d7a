import assert from 'node:assert/strict';
import {
  ActivityFailure,
  ApplicationFailure,
  CancelledFailure,
  RetryState,
  TimeoutFailure,
} from '@temporalio/common';
import { problemOf, refusal, refusalOf } from '../../../src/workflows/failures.ts';

const inActivity = (cause: Error) =>
  new ActivityFailure(
    'failed',
    'authorize',
    '1',
    RetryState.NON_RETRYABLE_FAILURE,
    'worker',
    cause,
  );
const calls = [{ operation: 'authorize', at: 1, ms: 2 }];
const details = { action: 'retry', status: 503, trace: 'abc', retryable: true, calls };
const failure = ApplicationFailure.create({
  type: 'server_error',
  message: 'away',
  details: [details],
});

describe('what went wrong', () => {
  it('reads the same bare and inside an activity failure', () => {
    const expected = { ...details, code: 'server_error', message: 'away' };
    assert.deepEqual(problemOf(failure), expected);
    assert.deepEqual(problemOf(inActivity(failure)), expected);
  });

  it('is a passed deadline when an activity timed out', () => {
    const problem = problemOf(inActivity(new TimeoutFailure('late', undefined, 'START_TO_CLOSE')));
    assert.deepEqual(
      [problem?.code, problem?.action, problem?.retryable],
      ['deadline_exceeded', 'retry', true],
    );
  });

  it('tolerates a failure without type and details', () => {
    const bare = problemOf(ApplicationFailure.create({ message: 'odd' }));
    assert.deepEqual([bare?.action, bare?.message], ['none', 'odd']);
    assert.ok(bare?.code);
  });

  it('is not a problem of Adobe when it is a cancellation or a bug', () => {
    assert.equal(problemOf(inActivity(new CancelledFailure('cancelled'))), undefined);
    assert.equal(problemOf(new CancelledFailure('cancelled')), undefined);
    assert.equal(problemOf(new TypeError('bug')), undefined);
    assert.equal(problemOf('text'), undefined);
  });

  it('reaches the caller small: without the calls, and never to be retried by Temporal', () => {
    const problem = problemOf(failure);
    assert.ok(problem);
    const answer = refusalOf(problem);
    assert.deepEqual(
      [answer.type, answer.message, answer.nonRetryable],
      ['server_error', 'away', true],
    );
    const { calls: _calls, ...small } = details;
    assert.deepEqual(answer.details, [small]);
    assert.deepEqual(refusal('mine', 'text').details, [{ action: 'none' }]);
  });
});
