import assert from 'node:assert/strict';
import { signInAsViewer } from '../../src/sandbox/index.ts';
import { MVPD, PHASE, SERVICE_PROVIDER } from '../../src/workflows/search-attributes.ts';
import { eventually, type Stack, startStack } from '../support/stack.ts';
import { asPending, newTv, showCode, signIn, untilStatus, watch } from './support.ts';

const EVENTS = 25;

describe('a device whose history has grown long', () => {
  let stack: Stack;
  before(async () => {
    stack = await startStack({
      config: { continueAsNewAfterEvents: EVENTS },
      sandbox: { throttle: false },
    });
  });
  after(() => stack.stop());

  const describeOf = async (workflowId: string) =>
    stack.client.workflow.getHandle(workflowId).describe();

  const newRun = async (workflowId: string, old: string) =>
    eventually(async () => (await describeOf(workflowId)).runId !== old, 'a new run');

  it('goes on in a new run with all that it knew', async () => {
    const first = newTv(stack);
    const { tv, options } = first;
    const mvpd = { id: 'NorthCable', displayName: 'North', logoUrl: 'https://example.com/n.svg' };
    await tv.authenticate({ mvpd });
    const watching = watch(tv);
    await eventually(() => watching.seen.length === 1, 'watching');
    for (let round = 0; round < 3; round += 1) {
      const { tv } = newTv(stack, { id: options.id }); // another address, with a burst of its own
      const { url } = await showCode(tv, { mvpd });
      const { runId } = await describeOf(tv.workflowId);
      await signInAsViewer(url);
      await tv.browserReturned();
      await untilStatus(tv, 'signed-in');
      for (let play = 0; play < 4; play += 1) {
        assert.equal((await tv.authorize('REF30')).status, 'permitted');
      }
      await newRun(tv.workflowId, runId);
      await tv.logout();
      await eventually(() => watching.seen.at(-1)?.status === 'signed-out', 'told of the logout');
    }
    assert.deepEqual(first.operations().slice(0, 2), ['register', 'token']);
    const others = stack.sandbox.requests.filter(({ ip }) => ip !== options.ip);
    assert.ok(!others.some(({ operation }) => operation === 'register' || operation === 'token'));
    const { standing, watchers, registered, serviceProvider } = await tv.view();
    assert.ok(standing.status === 'signed-out' && standing.reason === 'logout');
    assert.deepEqual(standing.mvpd, mvpd);
    assert.deepEqual([watchers, registered, serviceProvider], [1, true, 'REF30']);
    assert.equal(watching.seen.filter(({ status }) => status === 'signed-in').length, 3);
    await watching.stop();
  });

  it('never begins a new run while a code is on the screen', async () => {
    const { tv, sent } = newTv(stack);
    await showCode(tv);
    const { runId } = await describeOf(tv.workflowId);
    for (let request = 0; request < 15; request += 1) await showCode(tv);
    // Too long by now; and before the new run begins, somebody asks for another code.
    await tv.abandon();
    const { code } = await showCode(tv);
    const polls = () => sent('profileByCode').filter(({ path }) => path.endsWith(code)).length;
    await eventually(() => polls() >= 2, 'the code is polled for');
    const { runId: same, historyLength } = await describeOf(tv.workflowId);
    assert.equal(same, runId);
    assert.ok(historyLength > 30);
    await tv.abandon();
    await newRun(tv.workflowId, runId);
  });

  it('tells who watches of a code that is asked for just when a new run is due', async () => {
    const { tv } = newTv(stack);
    await signIn(tv);
    const watching = watch(tv);
    await eventually(() => watching.seen.at(-1)?.status === 'signed-in', 'watching');
    // A workflow knows its length as its task begins: two events more than what is there.
    const isDueNext = async () => (await describeOf(tv.workflowId)).historyLength + 2 > EVENTS;
    while (!(await isDueNext())) await tv.authorize('REF30');
    const { code } = asPending(await tv.authenticate({ restart: true }));
    await eventually(() => {
      const last = watching.seen.at(-1);
      return last?.status === 'pending' && last.code === code;
    }, 'told of the code');
    await watching.stop();
    await tv.abandon();
  });

  it('keeps the search attributes of its phase', async () => {
    const { tv } = newTv(stack);
    await signIn(tv);
    const { runId } = await describeOf(tv.workflowId);
    for (let play = 0; play < 4; play += 1) await tv.authorize('REF30');
    await newRun(tv.workflowId, runId);
    await tv.view();
    const { typedSearchAttributes } = await describeOf(tv.workflowId);
    assert.deepEqual(
      [PHASE, MVPD, SERVICE_PROVIDER].map((key) => typedSearchAttributes.get(key)),
      ['signed-in', 'NorthCable', 'REF30'],
    );
  });
});
