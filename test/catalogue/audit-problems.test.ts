import assert from 'node:assert/strict';
import {
  ActivityFailure,
  ApplicationFailure,
  RetryState,
  TimeoutFailure,
  type TimeoutType,
} from '@temporalio/common';
import { credentialProblem, explained } from '../../src/workflows/catalogue-audit-problems.ts';

const ofActivity = (cause: Error) =>
  new ActivityFailure('failed', 'acquireImsToken', '1', RetryState.TIMEOUT, 'worker', cause);
const timedOut = (type: TimeoutType) => ofActivity(new TimeoutFailure('late', undefined, type));

describe('what goes wrong with an audit', () => {
  it('at a token that does not come is told of IMS, not of Adobe Pass', () => {
    const problem = credentialProblem(timedOut('START_TO_CLOSE'));
    assert.equal(problem?.code, 'timeout');
    assert.match(problem.message, /^IMS gave no token in time/);
  });

  it('at IMS keeps its code and message; a bug is none of its problems', () => {
    const refused = ApplicationFailure.create({ type: 'invalid_client', message: 'ims: no' });
    const problem = credentialProblem(ofActivity(refused));
    assert.deepEqual([problem?.code, problem?.message], ['invalid_client', 'ims: no']);
    assert.equal(credentialProblem(new TypeError('bug')), undefined);
  });

  it('before a worker takes it is told as that, and anything else as it is', () => {
    const nobody = explained(timedOut('SCHEDULE_TO_START'));
    assert.ok(nobody instanceof ApplicationFailure);
    assert.equal(nobody.type, 'no_aem_worker');
    const slow = timedOut('START_TO_CLOSE');
    assert.equal(explained(slow), slow);
  });
});
