import assert from 'node:assert/strict';
import { tsToMs } from '@temporalio/common/lib/time.js';
import { eventually, type Stack, startStack } from '../support/stack.ts';
import { asPending, newTv, showCode, signIn, watch } from './support.ts';

describe('the life of a device', () => {
  let stack: Stack;
  before(async function () {
    this.timeout(300_000);
    stack = await startStack({
      sandbox: { throttle: false },
      config: { lives: { neverSignedInMs: 1_000, signedOutMs: 4_000 } },
    });
  });
  after(() => stack.stop());

  const handleOf = (workflowId: string) => stack.client.workflow.getHandle(workflowId);
  const statusOf = async (workflowId: string) =>
    (await handleOf(workflowId).describe()).status.name;
  const ended = (workflowId: string) =>
    eventually(
      async () => (await statusOf(workflowId)) === 'COMPLETED',
      'its life has ended',
      20_000,
    );

  it('does not begin with a look', async () => {
    const { tv } = newTv(stack);
    const watching = watch(tv);
    await eventually(() => watching.seen.length === 1, 'an answer');
    const [first] = watching.seen;
    assert.deepEqual(
      [first?.status, first && 'reason' in first && first.reason],
      ['signed-out', 'new'],
    );
    await assert.rejects(handleOf(tv.workflowId).describe(), { name: 'WorkflowNotFoundError' });
    await watching.stop();
  });

  it('ends by itself where nobody ever signed in, and the next request begins another', async () => {
    const { tv } = newTv(stack);
    await showCode(tv);
    const watching = watch(tv);
    await eventually(() => watching.seen.length === 1, 'watching');
    const waiting = watching.seen[0];
    await tv.abandon();
    await ended(tv.workflowId);
    // Who watched the first life is told of the second.
    const next = asPending(await tv.authenticate());
    assert.ok(waiting && next.generation > waiting.generation);
    await eventually(
      () => watching.seen.at(-1)?.status === 'pending',
      'told of the new code',
      20_000,
    );
    assert.deepEqual(watching.seen.at(-1), next);
    await watching.stop();
    await tv.abandon();
  });

  it('of who signed in once lasts longer, and no grant of it comes again', async () => {
    const { tv } = newTv(stack);
    await signIn(tv);
    const { standing: first } = await tv.view();
    const leftAt = Date.now();
    await tv.logout();
    await ended(tv.workflowId);
    assert.ok(Date.now() - leftAt >= 4_000, 'not as soon as a device that never signed in');
    await signIn(tv);
    const { standing: second } = await tv.view();
    assert.ok((second.grant ?? 0) > (first.grant ?? 0), 'tokens of then stay ended');
    assert.ok(second.generation > first.generation);
    await tv.logout();
  });

  it('goes on while it is heard of', async () => {
    const { tv } = newTv(stack);
    await showCode(tv);
    await tv.abandon();
    for (let asked = 0; asked < 6; asked += 1) {
      await new Promise((resolve) => setTimeout(resolve, 300));
      const [heard] = await Promise.allSettled([tv.abandon()]);
      if (heard.status === 'fulfilled') continue;
      // A busy machine may take longer than a life between two requests.
      assert.equal((heard.reason as { code: string }).code, 'not_signed_in');
      break;
    }
    await ended(tv.workflowId);
    const { heardAt, endedAt } = await lastMoments(tv.workflowId);
    assert.ok(endedAt - heardAt >= 1_000, `it ended ${endedAt - heardAt} ms later`);
  });

  /** When a device was last heard of, and when its life ended, by the clock of its workflow. */
  async function lastMoments(workflowId: string) {
    const { events } = await handleOf(workflowId).fetchHistory();
    let now = 0;
    let heardAt = 0;
    for (const event of events ?? []) {
      if (event.workflowTaskStartedEventAttributes) now = tsToMs(event.eventTime);
      if (event.workflowExecutionUpdateAcceptedEventAttributes) heardAt = now;
    }
    return { heardAt, endedAt: now };
  }

  it('loses no request that comes at its very end', async () => {
    const ask = async (round: number) => {
      const { tv } = newTv(stack);
      await showCode(tv);
      await tv.abandon();
      await new Promise((resolve) => setTimeout(resolve, 940 + round * 20));
      const { status } = await tv.authenticate();
      await tv.abandon();
      return status;
    };
    // A few at a time: a busy machine has no answer for all within a call's eight seconds.
    for (const first of [0, 3, 6, 9]) {
      const statuses = await Promise.all([first, first + 1, first + 2].map(ask));
      assert.deepEqual(statuses, ['pending', 'pending', 'pending']);
    }
  });
});
