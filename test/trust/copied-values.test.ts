import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { DeviceClient } from '../../src/client.ts';
import { roomQueue } from '../../src/workflows/activity-options.ts';
import { ROOM } from '../../src/workflows/search-attributes.ts';
import { withProof } from '../../src/sealing/index.ts';
import type { AuthorizeAnswer, Standing } from '../../src/workflows/messages.ts';
import { type DeviceState, newDevice } from '../../src/workflows/state.ts';
import { eventually, FACTS, type Stack, startStack } from '../support/stack.ts';
import { errorOf, newTv, showCode, signIn, type Tv } from '../workflows/support.ts';
import { type Intruder, startIntruder } from './intruder.ts';

describe('somebody with Temporal and no key', () => {
  let stack: Stack;
  let intruder: Intruder;
  let victim: Tv;
  let kept: Awaited<ReturnType<Intruder['handedOn']>>;

  /** Signs in, and goes on in a new run: all that is sealed stands in what that one was handed. */
  async function householdOf(tv: Tv) {
    await signIn(tv.tv);
    const before = await runOf(tv.tv);
    for (let play = 0; play < 12; play += 1) await tv.tv.authorize('REF30');
    await eventually(async () => (await runOf(tv.tv)) !== before, 'a new run', 20_000);
    return intruder.handedOn(tv.tv.workflowId);
  }
  const runOf = async ({ workflowId }: DeviceClient) =>
    (await stack.client.workflow.getHandle(workflowId).describe()).runId;
  const start = async (workflowId: string, ...args: unknown[]) =>
    stack.client.workflow.start('deviceLifecycle', {
      workflowId,
      taskQueue: stack.config.taskQueue,
      args,
      workflowTaskTimeout: '5 s',
    });
  /** The sealed network that a device's first request brought along. */
  const networkIn = async (workflowId: string): Promise<string> => {
    const { events } = await stack.client.workflow.getHandle(workflowId).fetchHistory();
    for (const { workflowExecutionUpdateAcceptedEventAttributes: update } of events ?? []) {
      const data = update?.acceptedRequest?.input?.args?.payloads?.[0]?.data;
      const { network } = JSON.parse(Buffer.from(data ?? []).toString() || '{}') as {
        network?: string;
      };
      if (network !== undefined) return network;
    }
    assert.fail('no network in the history');
  };
  const refusal = async (call: Promise<unknown>): Promise<string> => {
    try {
      await call;
    } catch (error) {
      const cause = error instanceof WorkflowUpdateFailedError ? error.cause : error;
      if (cause instanceof ApplicationFailure) return `${cause.type}: ${cause.message}`;
      throw error;
    }
    assert.fail('it should have been refused');
  };

  before(async function () {
    this.timeout(300_000); // the first run may have to build a Temporal server
    stack = await startStack({
      config: { continueAsNewAfterEvents: 20 },
      sandbox: { throttle: false },
    });
    intruder = await startIntruder();
    victim = newTv(stack);
    kept = await householdOf(victim);
    assert.ok(kept.state.registration && kept.state.phase.name === 'signed-in' && kept.proof);
  });
  after(async () => {
    await intruder.stop();
    await stack.stop();
  });

  it("gives a TV of theirs another's network: Adobe is not asked", async () => {
    const { tv } = newTv(stack);
    await showCode(tv);
    const before = victim.operations().length;
    const told = await refusal(
      stack.client.workflow.getHandle(tv.workflowId).executeUpdate('authenticate', {
        args: [{ facts: FACTS, network: kept.state.network, restart: true }],
      }),
    );
    assert.equal(told, 'sealed_value: sealed as network of another owner: it was moved here');
    assert.equal(victim.operations().length, before);
  });

  it('sends a browser to a page of theirs after the sign-in or sign-out: Adobe is not asked', async () => {
    const tv = newTv(stack);
    await signIn(tv.tv);
    const handle = stack.client.workflow.getHandle(tv.tv.workflowId);
    const network = await networkIn(tv.tv.workflowId);
    const before = tv.operations().length;
    for (const redirectUrl of [
      'https://phishing.example/',
      await withProof(stack.keys, 'https://tv.example/', victim.tv.identity),
      (await withProof(stack.keys, 'https://a.example/', tv.tv.identity)).replace('a.ex', 'b.ex'),
    ]) {
      const request = { facts: FACTS, network, redirectUrl };
      const signIn = { ...request, restart: true, mvpd: { id: 'NorthCable' } };
      const told = refusal(handle.executeUpdate('authenticate', { args: [signIn] }));
      assert.match(await told, /^sealed_value: /);
    }
    const redirectUrl = 'https://phishing.example/';
    await handle.executeUpdate('logout', { args: [{ facts: FACTS, network, redirectUrl }] });
    const asked = tv.operations().slice(before);
    assert.ok(!asked.some((operation) => /logout|createSession/.test(operation)), asked.join());
  });

  it("starts the workflow of a TV of theirs with another's sign-in: it begins as a new one", async () => {
    const { tv, sent } = newTv(stack);
    const { app, deviceId } = tv.identity;
    const forged: DeviceState = { ...kept.state, app, deviceId };
    await start(tv.workflowId, forged);
    const { standing } = await tv.view();
    assert.deepEqual(
      [standing.status, 'reason' in standing && standing.reason],
      ['signed-out', 'new'],
    );
    assert.equal((await tv.view()).registered, false);
    assert.equal((await errorOf(tv.authorize('REF30'))).code, 'not_signed_in');
    assert.equal(sent('authorize').length, 0);
  });

  it("adds another's proof to it: it begins as a new one, and operators see why", async () => {
    const { tv } = newTv(stack);
    const { app, deviceId } = tv.identity;
    await start(tv.workflowId, { ...kept.state, app, deviceId }, kept.proof);
    const { standing, lastError } = await tv.view();
    assert.deepEqual([standing.status, lastError?.code], ['signed-out', 'state_not_its_own']);
  });

  it("names another's device in the workflow of a TV of theirs: it ends", async () => {
    const { tv } = newTv(stack);
    const handle = await start(tv.workflowId, kept.state, kept.proof);
    await assert.rejects(handle.result(), (error: Error) => {
      assert.ok(error.cause instanceof ApplicationFailure);
      assert.equal(error.cause.type, 'not_this_device');
      return true;
    });
  });

  it('puts a device back to what it was, or to what they like: it begins as a new one', async () => {
    const tv = newTv(stack);
    const { state, proof } = await householdOf(tv);
    for (const args of [
      [state, proof],
      [{ ...state, grant: 0 }, proof],
      [{ ...state, grant: 0 }],
    ]) {
      await stack.client.workflow.getHandle(tv.tv.workflowId).terminate('put back');
      await start(tv.tv.workflowId, ...args);
      const { standing, registered } = await tv.tv.view();
      assert.deepEqual([standing.status, registered], ['signed-out', false]);
      assert.equal((await errorOf(tv.tv.authorize('REF30'))).code, 'not_signed_in');
    }
    await signIn(tv.tv); // and the TV goes on
  });

  it('asks for activities in a workflow of their own: none is done for them', async () => {
    const { app, deviceId, facts, network, registration } = kept.state;
    const before = victim.operations().length;
    const asker = { app, deviceId, facts, network, deadline: Date.now() + 60_000 };
    const { taskQueue } = stack.config;
    const direct = [
      ['access', { ...asker, registration }],
      ['authorize', { ...asker, registration }, 'NorthCable', 'REF30'],
    ] as const;
    for (const [name, ...args] of direct) {
      const workflowId = `device:${taskQueue}:demo:${randomUUID()}`;
      await assert.rejects(
        intruder.ask(name, { taskQueue, workflowId }, ...args),
        { name: 'TimeoutFailure' },
        'nobody takes it',
      );
    }
    assert.equal(victim.operations().length, before);
  });

  it('asks the room of a worker to let a TV go, or to look alive: it does neither', async () => {
    const { tv, sent } = newTv(stack);
    await showCode(tv);
    const { typedSearchAttributes } = await stack.client.workflow
      .getHandle(tv.workflowId)
      .describe();
    const room = typedSearchAttributes.get(ROOM) ?? '';
    const taskQueue = roomQueue(stack.config.taskQueue, room);
    for (const [name, ...args] of [['leaveRoom', tv.identity], ['keepRoom']] as const) {
      const asked = intruder.ask(name, { taskQueue }, ...args);
      assert.match(await refusal(asked), /^not_this_device: /);
    }
    const polled = sent('profileByCode').length;
    await eventually(() => sent('profileByCode').length > polled + 1, 'it is polled for on');
  });

  describe('who answers in the place of a device', () => {
    let tv: Tv;
    beforeEach(async () => {
      tv = newTv(stack);
      await showCode(tv.tv);
    });
    const standingOf = async (tv: DeviceClient) => (await tv.view()).standing;
    const answering = async (standing: Standing) => {
      const view = { ...newDevice('demo', tv.tv.identity.deviceId), standing };
      await intruder.impersonate(tv.tv.workflowId, {
        authenticate: standing,
        watch: standing,
        resume: standing,
        view,
      });
    };

    it('can show no code but its own: not that of a TV of theirs', async () => {
      const theirs = newTv(stack);
      await showCode(theirs.tv);
      const standing = await standingOf(theirs.tv);
      await answering(standing);
      const error = await errorOf(tv.tv.authenticate());
      assert.equal(error.code, 'sealed_value');
      assert.match(error.message, /^sealed as session of another owner: it was moved here$/);
      const watching = tv.tv.watch()[Symbol.asyncIterator]();
      assert.equal((await errorOf(watching.next())).code, 'sealed_value');
    });

    it('can give no media token of another play', async () => {
      const play = await stack.client.workflow
        .getHandle(victim.tv.workflowId)
        .executeUpdate<AuthorizeAnswer, [unknown]>('authorize', {
          args: [{ facts: FACTS, network: kept.state.network, resource: 'REF30' }],
        });
      assert.ok(play.status === 'permitted');
      await intruder.impersonate(tv.tv.workflowId, { authorize: play });
      assert.equal((await errorOf(tv.tv.authorize('REF30'))).code, 'sealed_value');
      assert.equal((await errorOf(tv.tv.authorize('OTHER'))).code, 'sealed_value');
    });

    it('can show no page to sign in but its own', async () => {
      const standing = await standingOf(tv.tv);
      assert.ok(standing.status === 'pending');
      await answering({ ...standing, url: 'https://phishing.example/' });
      assert.equal((await errorOf(tv.tv.authenticate())).code, 'sealed_value');
    });

    it("can sign nobody in: not with another's profile, and not for longer", async () => {
      const theirs = await standingOf(victim.tv);
      assert.ok(theirs.status === 'signed-in');
      await answering(theirs);
      assert.equal((await errorOf(tv.tv.authenticate())).code, 'sealed_value');

      const longer = { ...theirs.profile, notAfter: theirs.profile.notAfter + 1 };
      const other = newTv(stack, { id: victim.options.id });
      tv = other;
      await answering({ ...theirs, profile: longer });
      assert.equal((await errorOf(other.tv.authenticate())).code, 'sealed_value');
    });
  });
});
