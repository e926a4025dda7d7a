import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { eventually, type Stack, startStack } from '../support/stack.ts';
import { errorOf, newTv, signIn } from './support.ts';

describe('a request that comes twice under one id', () => {
  let stack: Stack;
  before(async function () {
    this.timeout(300_000);
    stack = await startStack({
      config: { continueAsNewAfterEvents: 30 },
      sandbox: { throttle: false },
    });
  });
  after(() => stack.stop());

  const runOf = async (workflowId: string) =>
    (await stack.client.workflow.getHandle(workflowId).describe()).runId;

  it('is done once, also at the same time', async () => {
    const { tv, sent } = newTv(stack);
    const restart = { mvpd: { id: 'NorthCable' }, restart: true, requestId: randomUUID() };
    const [one, other] = await Promise.all([tv.authenticate(restart), tv.authenticate(restart)]);
    const again = await tv.authenticate(restart);
    assert.deepEqual(one, other);
    assert.deepEqual(one, again);
    assert.equal(sent('createSession').length, 1);
  });

  it('is done once although a new run has begun in between', async () => {
    const { tv, sent } = newTv(stack);
    await signIn(tv);
    const requestId = randomUUID();
    const left = await tv.logout({ requestId });
    const run = await runOf(tv.workflowId);
    for (let request = 0; request < 5; request += 1) await tv.abandon(); // leaves events only
    await eventually(async () => (await runOf(tv.workflowId)) !== run, 'a new run');
    assert.deepEqual(await tv.logout({ requestId }), left, 'the same answer');
    assert.equal(sent('logout').length, 1);
  });

  it('is told from another kind of request under the same id', async () => {
    const { tv, sent } = newTv(stack);
    await signIn(tv);
    const requestId = randomUUID();
    const { status } = await tv.abandon({ requestId });
    assert.equal(status, 'signed-in');
    assert.equal((await tv.logout({ requestId })).status, 'signed-out');
    const waiting = await tv.authenticate({ mvpd: { id: 'NorthCable' }, requestId });
    assert.equal(waiting.status, 'pending');
    assert.equal(sent('logout').length, 1);
  });

  it('is refused under an id that is none', async () => {
    const { tv } = newTv(stack);
    for (const requestId of ['', ' ', 'x'.repeat(201)]) {
      const error = await errorOf(tv.authenticate({ requestId }));
      assert.equal(error.code, 'invalid_request');
      assert.match(error.message, /^requestId /);
    }
  });
});

describe('a play that is asked for twice', () => {
  let stack: Stack;
  before(async function () {
    this.timeout(300_000);
    stack = await startStack();
  });
  after(() => stack.stop());

  it('has two decisions of Adobe and two media tokens, for each is for one use', async () => {
    const { tv, sent } = newTv(stack);
    await signIn(tv);
    const first = await tv.authorize('REF30');
    const second = await tv.authorize('REF30');
    assert.ok(first.status === 'permitted' && second.status === 'permitted');
    assert.notEqual(first.mediaToken.value, second.mediaToken.value);
    assert.equal(sent('authorize').length, 2);
  });
});
