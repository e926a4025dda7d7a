import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { WithStartWorkflowOperation, WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { deviceLifecycle } from '../../src/workflows/device-lifecycle.ts';
import { seal } from '../../src/sealing/index.ts';
import { newDevice } from '../../src/workflows/state.ts';
import { FACTS, type Stack, startStack } from '../support/stack.ts';
import { errorOf, newTv, showCode, signIn } from './support.ts';

describe('a request that makes no sense', () => {
  let stack: Stack;
  before(async function () {
    this.timeout(300_000);
    stack = await startStack({ config: { pollIntervalMs: 60_000 } });
  });
  after(() => stack.stop());

  const lengthOf = async (workflowId: string) =>
    (await stack.client.workflow.getHandle(workflowId).describe()).historyLength;

  /** Sends the update as any Temporal client could, past the checks of ours. */
  async function refusalOf(workflowId: string, update: string, request: unknown) {
    const handle = stack.client.workflow.getHandle(workflowId);
    try {
      await handle.executeUpdate(update, { args: [request] });
    } catch (error) {
      assert.ok(error instanceof WorkflowUpdateFailedError, String(error));
      assert.ok(error.cause instanceof ApplicationFailure);
      return error.cause;
    }
    assert.fail(`${update} should have been refused`);
  }

  it('is refused with the value that is wrong, and leaves no event', async () => {
    const { tv } = newTv(stack);
    await signIn(tv);
    await tv.view(); // whatever the sign-in still had to do is done
    const network = await seal(stack.keys, { ip: '198.51.100.1' });
    const good = { facts: FACTS, network };
    const { model: _missing, ...incomplete } = FACTS;
    const bad: [string, unknown, string][] = [
      ['preauthorize', { ...good, resources: [] }, 'resources is "0 resources"'],
      ['preauthorize', { ...good, resources: ['REF30', 7] }, 'resource is 7'],
      ['preauthorize', { ...good, resources: 'REF30' }, 'resources is "REF30"'],
      [
        'preauthorize',
        { ...good, resources: Array(501).fill('a') },
        'resources is "501 resources"',
      ],
      ['authorize', { ...good, resource: ' ' }, 'resource is " "'],
      ['authorize', { ...good }, 'resource is undefined'],
      ['authorize', { resource: 'REF30', network }, 'facts is undefined'],
      ['authorize', undefined, 'facts is undefined'],
      ['authorize', { resource: 'REF30', network, facts: incomplete }, 'facts.model is undefined'],
      ['logout', { ...good, redirectUrl: 'nowhere' }, 'redirectUrl is "nowhere"'],
      ['authenticate', { ...good, mvpd: { id: '' } }, 'mvpd.id is ""'],
      ['authenticate', { ...good, screen: 'third' }, 'screen is "third"'],
      ['resume', { code: 'ABCDEFG' }, 'mvpd.id is undefined'],
      ['watch', { id: 'watcher' }, 'task queue is undefined'],
    ];
    const before = await lengthOf(tv.workflowId);
    for (const [update, request, message] of bad) {
      const { type, message: given } = await refusalOf(tv.workflowId, update, request);
      assert.equal(type, 'invalid_request', update);
      assert.ok(given.startsWith(message), `${update}: ${given}`);
    }
    assert.equal(await lengthOf(tv.workflowId), before);
  });

  it('with the address of a viewer in clear does not repeat it', async () => {
    const { tv } = newTv(stack);
    await signIn(tv);
    const network = { ip: '203.0.113.77' };
    for (const given of [network, network.ip, JSON.stringify(network)]) {
      const request = { resource: 'REF30', facts: FACTS, network: given };
      const { type, message, details } = await refusalOf(tv.workflowId, 'authorize', request);
      assert.equal(type, 'invalid_request');
      assert.ok(!`${message} ${JSON.stringify(details)}`.includes('203.0.113.77'));
    }
  });

  it('in the wrong phase is refused as such, and leaves no event', async () => {
    const { tv } = newTv(stack);
    const { code } = await showCode(tv);
    // The server writes down the task that read the many events of a sign-in, whatever came of it.
    await errorOf(tv.logout());
    const before = await lengthOf(tv.workflowId);
    const mvpd = { id: 'SkyDish' };
    const calls = [
      () => tv.authorize('REF30'),
      () => tv.preauthorize(['REF30']),
      () => tv.logout(),
    ];
    for (const call of calls) assert.equal((await errorOf(call())).code, 'not_signed_in');
    assert.equal((await errorOf(tv.resume({ code: 'WRONGCO', mvpd }))).code, 'unknown_code');
    assert.equal(await lengthOf(tv.workflowId), before);

    await tv.abandon();
    assert.equal((await errorOf(tv.resume({ code, mvpd }))).code, 'unknown_code');
    const error = await errorOf(tv.authorize('REF30'));
    assert.deepEqual(
      [error.code, error.action, error.retryable],
      ['not_signed_in', 'authentication', false],
    );
  });

  it('of a device that nobody has heard of needs a sign-in', async () => {
    const { tv } = newTv(stack);
    for (const call of [() => tv.authorize('REF30'), () => tv.logout(), () => tv.view()]) {
      assert.equal((await errorOf(call())).code, 'not_signed_in');
    }
  });

  it('for an app that is not configured names those that are', async () => {
    const { tv } = newTv(stack, { app: 'typo' });
    const error = await errorOf(tv.authenticate());
    assert.equal(error.code, 'unknown_app');
    assert.match(error.message, /"typo".*demo, activation/);
    assert.equal(error.retryable, false);
  });

  it('as the very first leaves no workflow behind that is out of order', async () => {
    const workflowId = `device:demo:${randomUUID()}`;
    const start = new WithStartWorkflowOperation<typeof deviceLifecycle>('deviceLifecycle', {
      workflowId,
      workflowIdConflictPolicy: 'USE_EXISTING',
      taskQueue: stack.config.taskQueue,
      args: [newDevice('demo', 'some-device')],
    });
    const first = stack.client.workflow.executeUpdateWithStart('authenticate', {
      args: [{ facts: FACTS }],
      startWorkflowOperation: start,
    });
    await assert.rejects(first, WorkflowUpdateFailedError);
    const request = { facts: FACTS, network: await seal(stack.keys, { ip: '198.51.100.2' }) };
    const standing = await stack.client.workflow
      .getHandle(workflowId)
      .executeUpdate<{ status: string }, [unknown]>('authenticate', { args: [request] });
    assert.equal(standing.status, 'pending');
  });
});
