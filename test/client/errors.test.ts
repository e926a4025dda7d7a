import assert from 'node:assert/strict';
import {
  QueryNotRegisteredError,
  ServiceError,
  WorkflowUpdateFailedError,
} from '@temporalio/client';
import { WorkflowUpdateRPCTimeoutOrCancelledError } from '@temporalio/client';
import { ApplicationFailure, TerminatedFailure, WorkflowNotFoundError } from '@temporalio/common';
import { DevicePassError, toDevicePassError } from '../../src/client/errors.ts';
import { SealedError } from '../../src/sealing/index.ts';

/** An error of gRPC, as its library makes them. */
function grpc(code: number, text = 'x'): Error {
  return Object.assign(new Error(text), { code, details: text, metadata: {} });
}

function typed(error: unknown): DevicePassError {
  const result = toDevicePassError(error);
  assert.ok(result instanceof DevicePassError, String(result));
  return result;
}

describe('errors of the client', () => {
  it("keep Adobe's code, action, status and trace of a failed update [ERR-01] [EEC-07]", () => {
    const details = { action: 'authentication', status: 403, trace: 't-1', details: 'more' };
    const failure = ApplicationFailure.create({
      type: 'authenticated_profile_expired',
      message: 'expired',
      details: [{ ...details, retryable: false }],
    });
    const error = typed(new WorkflowUpdateFailedError('failed', failure));
    assert.equal(error.code, 'authenticated_profile_expired');
    assert.equal(error.message, 'expired');
    assert.equal(error.retryable, false);
    const { action, status, trace, details: more } = error;
    assert.deepEqual({ action, status, trace, details: more }, details);
    assert.equal(error.cause, undefined);
  });

  it('bear a failure that says little', () => {
    const error = typed(new WorkflowUpdateFailedError('x', new ApplicationFailure('why')));
    assert.deepEqual([error.code, error.action, error.retryable], ['unknown', 'none', false]);
    assert.deepEqual([error.status, error.trace], [undefined, undefined]);
  });

  const retry: [what: string, error: unknown, code: string][] = [
    [
      'an update that nobody answered',
      new WorkflowUpdateRPCTimeoutOrCancelledError('x'),
      'no_answer',
    ],
    ['a query that nobody answered', grpc(4), 'no_answer'],
    ['a query that ended with its deadline', grpc(1), 'no_answer'],
    ['a query with no worker about', grpc(9), 'no_answer'],
    [
      'a query that nobody answered, wrapped',
      new ServiceError('x', { cause: grpc(4) }),
      'no_answer',
    ],
    [
      'an update that workers of an older release do not know',
      new WorkflowUpdateFailedError(
        'x',
        ApplicationFailure.nonRetryable('No registered handler for update: listProfiles'),
      ),
      'worker_too_old',
    ],
    [
      'a query that workers of an older release do not know',
      new QueryNotRegisteredError('Workflow did not register a handler for x', 3),
      'worker_too_old',
    ],
    ['a server that is away', grpc(14), 'temporal_unavailable'],
    [
      'a server that is away, wrapped',
      new ServiceError('x', { cause: grpc(14) }),
      'temporal_unavailable',
    ],
    [
      'a workflow that was ended meanwhile',
      new WorkflowUpdateFailedError('x', new TerminatedFailure('x')),
      'workflow_ended',
    ],
  ];
  for (const [what, given, code] of retry) {
    it(`say that asking again may help, for ${what}`, () => {
      const error = typed(given);
      assert.deepEqual([error.code, error.action, error.retryable], [code, 'retry', true]);
    });
  }

  it('say that nobody knows the device', () => {
    const error = typed(new WorkflowNotFoundError('x', 'device:a:b', undefined));
    assert.deepEqual([error.code, error.action], ['not_signed_in', 'authentication']);
  });

  it('say which key this process lacks', () => {
    const error = typed(new SealedError('sealed with key k1, ...'));
    assert.deepEqual([error.code, error.action], ['sealed_value', 'configuration']);
    assert.match(error.message, /k1/);
  });

  it('are left as they are when nobody knows them', () => {
    const bug = new TypeError('a bug');
    assert.equal(toDevicePassError(bug), bug);
  });

  it('stay what they are when they are typed already', () => {
    const error = new DevicePassError('unknown_code', 'x');
    assert.equal(toDevicePassError(error), error);
  });
});
