import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { WithStartWorkflowOperation, WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { deviceLifecycle } from '../../src/workflows/device-lifecycle.ts';
import { ofDevice, seal } from '../../src/sealing/index.ts';
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

  const networkOf = async (deviceId: string, ip: string) =>
    seal(stack.keys, { ip }, ofDevice('network', { app: 'demo', deviceId }));
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
    const network = await networkOf(tv.identity.deviceId, '198.51.100.1');
    const good = { facts: FACTS, network };
    const { model: _missing, ...incomplete } = FACTS;
    const mvpd = { id: 'NorthCable' };
    const long = (characters: number) => 'x'.repeat(characters);
    const bad: [string, unknown, string][] = [
      [
        'preauthorize',
        { ...good, resources: [] },
        'resources has 0 items: give 1 to 500 resource ids',
      ],
      ['preauthorize', { ...good, resources: ['REF30', 7] }, 'resource is 7'],
      ['preauthorize', { ...good, resources: 'REF30' }, 'resources is "REF30"'],
      ['preauthorize', { ...good, resources: Array(501).fill('a') }, 'resources has 501 items: '],
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
      ['watch', { id: 'w', taskQueue: 'q', until: 'noon' }, 'until is "noon"'],
      ['authenticate', { ...good, restart: 'yes' }, 'restart is "yes"'],
      ['resume', { code: long(41), mvpd: { id: 'NorthCable' } }, 'code has 41 characters'],
      ['authorize', { ...good, resource: long(4_097) }, 'resource has 4097 characters: give 4096'],
      ['preauthorize', { ...good, resources: Array(65).fill(long(4_096)) }, 'the request has 26'],
      ['logout', { ...good, redirectUrl: `http://a/${long(4_000)}` }, 'redirectUrl has 4009'],
      ['authenticate', { ...good, mvpd: { id: long(101) } }, 'mvpd.id has 101 characters'],
      [
        'authenticate',
        { ...good, mvpd: { ...mvpd, displayName: long(201) } },
        'mvpd.displayName has',
      ],
      [
        'authenticate',
        { ...good, mvpd: { ...mvpd, logoUrl: long(2_001) } },
        'mvpd.logoUrl has 2001',
      ],
      ['authenticate', { ...good, mvpd: { ...mvpd, more: long(4_001) } }, 'mvpd has 40'],
      [
        'authorize',
        { ...good, facts: { ...FACTS, more: long(8_001) }, resource: 'a' },
        'facts has',
      ],
      ['authorize', { ...good, network: `${long(2_001)}....`, resource: 'a' }, 'network has 2005'],
      ['watch', { id: long(201), taskQueue: 'q' }, 'watcher id has 201 characters'],
      ['logout', { ...good, singleSignOn: 'yes' }, 'singleSignOn is "yes"'],
      ['logout', { ...good, account: null }, 'account.name is undefined'],
      ['logout', { ...good, account: { name: 'a', id: 'in clear' } }, 'account.id is not a sealed'],
      ['logout', { ...good, viewerTokens: {} }, 'viewerTokens is not a sealed'],
      [
        'resume',
        { code: 'ABCDEFG', mvpd, viewerTokens: { visitorIdentifier: '1' } },
        'viewerTokens is not a sealed',
      ],
      ['authorize', { ...good, resource: 'a', household: { id: 'me' } }, 'household is no id'],
      ['authorize', { ...good, resource: 'a', household: null }, 'household is no id'],
      [
        'authorize',
        { ...good, resource: 'a', household: { id: long(43), proof: 'mine' } },
        'household.proof is not a sealed value',
      ],
      [
        'authorize',
        { ...good, resource: 'a', household: { id: long(43), proof: '....', formerIds: ['me'] } },
        'household is no id',
      ],
      ['rename', undefined, 'household is no id'],
      ['rename', { household: long(43), name: 'Kitchen' }, 'name is not a sealed value'],
      ['remoteLogout', { household: 1 }, 'household is no id'],
      ['remoteLogout', { household: long(43), redirectUrl: 'x' }, 'redirectUrl is "x"'],
      ['remoteLogout', { household: long(43), viewerTokens: 'x' }, 'viewerTokens is not a sealed'],
    ];
    const before = await lengthOf(tv.workflowId);
    for (const [update, request, message] of bad) {
      const { type, message: given } = await refusalOf(tv.workflowId, update, request);
      assert.equal(type, 'invalid_request', update);
      assert.ok(given.startsWith(message), `${update}: ${given}`);
    }
    assert.equal(await lengthOf(tv.workflowId), before);
  });

  it('is refused when it is too large to be real, and the device lives on', async () => {
    const { tv } = newTv(stack);
    await signIn(tv);
    const huge = 'x'.repeat(3_000_000);
    const mvpd = { id: 'NorthCable', displayName: huge };
    const calls: [call: () => Promise<unknown>, message: RegExp][] = [
      [() => tv.authorize(huge), /^the request has 300\d+ bytes as JSON: send 262144 at most/],
      [() => tv.preauthorize(Array(500).fill(huge.slice(0, 4_500))), /^the request has /],
      [() => tv.preauthorize([huge.slice(0, 4_500)]), /^resource has 4500 characters: give 4096/],
      [() => tv.authenticate({ mvpd }), /^the request has /],
      [() => tv.logout({ redirectUrl: `http://a/${huge}` }), /^the request has /],
    ];
    for (const [call, message] of calls) {
      const error = await errorOf(call());
      assert.deepEqual([error.code, error.retryable], ['invalid_request', false]);
      assert.match(error.message, message);
    }
    assert.equal((await tv.authorize('REF30')).status, 'permitted');
  });

  it('that no client of ours sent, and is too large, does not end the device', async () => {
    const { tv } = newTv(stack);
    await signIn(tv);
    const network = await networkOf(tv.identity.deviceId, '198.51.100.1');
    const ofSize = (size: number) => ({ facts: FACTS, network, resource: 'x'.repeat(size) });
    const before = await lengthOf(tv.workflowId);
    const { type } = await refusalOf(tv.workflowId, 'authorize', ofSize(1_900_000));
    assert.equal(type, 'invalid_request');
    const handle = stack.client.workflow.getHandle(tv.workflowId);
    // The server itself may stop it, since a payload has 2 MB at most.
    await assert.rejects(handle.executeUpdate('authorize', { args: [ofSize(3_000_000)] }));
    await assert.rejects(handle.executeUpdate('abandon', { args: ['x'.repeat(3_000_000)] }));
    assert.equal(await lengthOf(tv.workflowId), before);
    assert.equal((await tv.authorize('REF30')).status, 'permitted');
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

  it('with the identity of a viewer in clear, or for no provider, does not repeat it', async () => {
    const { tv } = newTv(stack);
    await signIn(tv);
    const { deviceId } = await tv.view();
    const fromDevice = { facts: FACTS, network: await networkOf(deviceId, '203.0.113.78') };
    const mvpd = { id: 'TempPass_Titles' };
    for (const given of [
      { mvpd, tempPassIdentity: 'viewer@example.com' },
      { tempPassIdentity: 'a.b.c.d.viewer@example.com' },
    ]) {
      const request = { ...fromDevice, ...given };
      const { type, message } = await refusalOf(tv.workflowId, 'authenticate', request);
      assert.equal(type, 'invalid_request');
      assert.match(message, /^tempPassIdentity /);
      assert.ok(!message.includes('viewer@'));
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
    const deviceId = randomUUID();
    const workflowId = `device:${stack.config.taskQueue}:demo:${deviceId}`;
    const start = new WithStartWorkflowOperation<typeof deviceLifecycle>('deviceLifecycle', {
      workflowId,
      workflowIdConflictPolicy: 'USE_EXISTING',
      taskQueue: stack.config.taskQueue,
      args: [newDevice('demo', deviceId)],
    });
    const first = stack.client.workflow.executeUpdateWithStart('authenticate', {
      args: [{ facts: FACTS }],
      startWorkflowOperation: start,
    });
    await assert.rejects(first, WorkflowUpdateFailedError);
    const request = { facts: FACTS, network: await networkOf(deviceId, '198.51.100.2') };
    const standing = await stack.client.workflow
      .getHandle(workflowId)
      .executeUpdate<{ status: string }, [unknown]>('authenticate', { args: [request] });
    assert.equal(standing.status, 'pending');
  });
});
