import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { connect, DevicePassError, type Standing } from '../../src/client.ts';
import { signInAsViewer } from '../../src/sandbox/index.ts';
import { eventually, FACTS, freshIp, type Stack, startStack } from '../support/stack.ts';

const NORTH = { mvpd: { id: 'NorthCable' } };

describe('watching a device', () => {
  let stack: Stack;
  before(async function () {
    this.timeout(300_000); // the first run may have to build a Temporal server
    stack = await startStack();
  });
  after(() => stack.stop());

  type Watched = AsyncGenerator<Standing, void, undefined>;
  const next = async (watched: Watched): Promise<Standing> => {
    const { value, done } = await watched.next();
    assert.ok(!done && value, 'the watch goes on');
    return value;
  };
  const updatesOf = async ({ workflowId }: { workflowId: string }) => {
    const { events } = await stack.client.workflow.getHandle(workflowId).fetchHistory();
    return (events ?? []).flatMap(
      (event) =>
        event.workflowExecutionUpdateAcceptedEventAttributes?.acceptedRequest?.input?.name ?? [],
    );
  };
  const signIn = async (waiting: Standing) => {
    assert.ok(waiting.status === 'pending' && waiting.url);
    await signInAsViewer(waiting.url);
  };

  it('begins with where the device stands, and goes on with each change', async () => {
    const tv = stack.tv();
    const waiting = await tv.authenticate(NORTH);
    const watched = tv.watch();
    assert.deepEqual(await next(watched), waiting);

    const signedIn = next(watched);
    await signIn(waiting);
    await tv.browserReturned();
    const standing = await signedIn;
    assert.equal(standing.status, 'signed-in');
    assert.ok(standing.generation > waiting.generation);
    assert.ok('userID' in standing.profile.attributes, 'opened for the backend');

    const signedOut = next(watched);
    await tv.logout();
    const end = await signedOut;
    assert.deepEqual([end.status, 'reason' in end && end.reason], ['signed-out', 'logout']);
    await watched.return();
  });

  it('works for a device that nobody has heard of', async () => {
    const tv = stack.tv();
    const watched = tv.watch();
    const first = await next(watched);
    assert.deepEqual([first.status, 'reason' in first && first.reason], ['signed-out', 'new']);
    const second = next(watched);
    const waiting = await tv.authenticate(NORTH);
    assert.deepEqual(await second, waiting);
    const third = next(watched);
    await signIn(waiting);
    await tv.browserReturned();
    assert.equal((await third).status, 'signed-in');
    await watched.return();
    assert.deepEqual(await updatesOf(tv), ['authenticate'], 'it named who watches');
  });

  it('works for several at once, and where the first request fails', async () => {
    const tv = stack.tv();
    const all = [tv.watch(), tv.watch()];
    for (const watched of all) assert.equal((await next(watched)).status, 'signed-out');
    const second = Promise.all(all.map((watched) => next(watched)));
    await assert.rejects(tv.authenticate({ mvpd: { id: 'Nowhere' } }));
    for (const { status } of await second) assert.equal(status, 'signed-out');
    const third = Promise.all(all.map((watched) => next(watched)));
    const waiting = await tv.authenticate(NORTH);
    assert.deepEqual(await third, [waiting, waiting]);
    assert.equal((await tv.view()).watchers, 2);
    await Promise.all(all.map((watched) => watched.return()));
  });

  it('works where the request that begins the life can be repeated', async () => {
    const tv = stack.tv();
    const watched = tv.watch();
    await next(watched);
    const second = next(watched);
    const waiting = await tv.authenticate({ ...NORTH, requestId: 'one' });
    assert.deepEqual(await second, waiting);
    assert.equal((await tv.view()).watchers, 1);
    await watched.return();
  });

  it('begins with the answer to a request, for a device that nobody has heard of too', async () => {
    const tv = stack.tv();
    const watched = tv.watch({ authenticate: NORTH });
    const waiting = await next(watched);
    assert.equal(waiting.status, 'pending');
    assert.deepEqual(await next(tv.watch({ authenticate: NORTH })), waiting, 'the code that waits');
    const second = next(watched);
    await signIn(waiting);
    await tv.browserReturned();
    assert.equal((await second).status, 'signed-in');
    await watched.return();
  });

  it('watches no more where the answer is what was waited for', async () => {
    const tv = stack.tv();
    await signIn(await tv.authenticate(NORTH));
    const seen: string[] = [];
    for await (const { status } of tv.watch({ authenticate: NORTH, until: 'signed-in' })) {
      seen.push(status);
      if (status === 'pending') await tv.browserReturned();
    }
    for await (const { status } of tv.watch({ authenticate: {}, until: 'signed-in' })) {
      seen.push(status);
    }
    assert.deepEqual(seen, ['pending', 'signed-in', 'signed-in']);
    assert.equal((await tv.view()).watchers, 0);
  });

  it('fails with the request that it begins with, and nobody watches', async () => {
    const tv = stack.tv();
    await tv.authenticate(NORTH);
    const asks = tv.watch({ authenticate: { mvpd: { id: 'Nowhere' } } });
    await assert.rejects(asks.next(), { code: 'invalid_parameter_mvpd' });
    assert.equal((await tv.view()).watchers, 0);
  });

  it('tells everybody who watches', async () => {
    const tv = stack.tv();
    const waiting = await tv.authenticate(NORTH);
    const all = [tv.watch(), tv.watch(), tv.watch()];
    for (const watched of all) await next(watched);
    assert.equal((await tv.view()).watchers, 3);
    const changes = Promise.all(all.map((watched) => next(watched)));
    await signIn(waiting);
    await tv.browserReturned();
    assert.deepEqual(
      (await changes).map(({ status }) => status),
      ['signed-in', 'signed-in', 'signed-in'],
    );
    await Promise.all(all.map((watched) => watched.return()));
  });

  it('ends when it is aborted, also while it waits', async () => {
    const tv = stack.tv();
    await tv.authenticate(NORTH);
    const abort = new AbortController();
    const watched = tv.watch({ signal: abort.signal });
    await next(watched);
    const ending = watched.next();
    abort.abort();
    assert.deepEqual(await ending, { value: undefined, done: true });
  });

  it('does not begin when it is aborted already', async () => {
    const tv = stack.tv();
    await tv.authenticate(NORTH);
    const seen: Standing[] = [];
    for await (const standing of tv.watch({ signal: AbortSignal.abort() })) seen.push(standing);
    assert.deepEqual(seen, []);
  });

  it('is forgotten with the next change when nobody iterates any more', async () => {
    const tv = stack.tv();
    const waiting = await tv.authenticate(NORTH);
    for await (const standing of tv.watch()) {
      assert.equal(standing.status, 'pending');
      break; // returns the generator
    }
    assert.equal((await tv.view()).watchers, 1);
    await signIn(waiting);
    await tv.browserReturned();
    await eventually(async () => (await tv.view()).watchers === 0, 'nobody is told any more');
  });

  /** Another process of the same backend, and a device that both know. */
  async function elsewhere(taskQueue = stack.config.taskQueue) {
    const pass = await connect({
      keys: stack.keys,
      temporal: stack.client,
      taskQueue,
      answerWithinMs: 3_000,
    });
    const options = { app: 'demo', id: randomUUID(), facts: FACTS, ip: freshIp() };
    return { pass, there: pass.device(options), here: stack.pass.device(options) };
  }

  it('ends when its process closes, and is forgotten', async () => {
    const { pass, there, here } = await elsewhere();
    const waiting = await here.authenticate(NORTH);
    const watched = there.watch();
    await next(watched);
    const ending = watched.next();
    await pass.close();
    assert.equal((await ending).done, true);
    await signIn(waiting);
    await here.browserReturned();
    await eventually(async () => {
      const { standing, watchers } = await here.view();
      return standing.status === 'signed-in' && watchers === 0;
    }, 'signed in, and the watcher that is gone is forgotten');
  });

  it('fails as every call does when no worker answers', async () => {
    const { pass, there } = await elsewhere(`nobody-${randomUUID()}`);
    // A device that nobody asked anything of is not looked for at a worker.
    await assert.rejects(there.authenticate(), { code: 'no_answer' });
    await assert.rejects(
      there.watch().next(),
      (error) => error instanceof DevicePassError && error.code === 'no_answer',
    );
    await pass.close();
  });
});
