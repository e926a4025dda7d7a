import assert from 'node:assert/strict';
import { signInAsViewer, type SandboxOptions } from '../../src/sandbox/index.ts';
import type { Config } from '../../src/config.ts';
import { eventually, type Stack, startStack } from '../support/stack.ts';
import { newTv, showCode, untilStatus, watch } from './support.ts';

/** Long enough for a watcher to sign on, short enough to see several. */
const CODE_LIFE_MS = 1_500;
const sandbox: SandboxOptions = { codeLifeMs: CODE_LIFE_MS };
const always = { rule: 'always', limit: 8 } as const;

function withStack(config: Partial<Config>, given: SandboxOptions = sandbox): () => Stack {
  let stack: Stack | undefined;
  before(async function () {
    this.timeout(300_000);
    stack = await startStack({ sandbox: given, config: { pollIntervalMs: 700, ...config } });
    // The worker that hears of changes takes a moment to start: not while a code runs out.
    const { seen, stop } = watch(newTv(stack).tv);
    await eventually(() => seen.length > 0, 'watching');
    await stop();
  });
  after(() => stack?.stop());
  return () => {
    assert.ok(stack);
    return stack;
  };
}

describe('a code that runs out while somebody watches', () => {
  const stack = withStack({ automaticSessions: { rule: 'present', limit: 2 } });

  it('is followed by a new session and a new code, up to a limit [ATN-05]', async () => {
    const { tv, sent } = newTv(stack());
    const first = await showCode(tv);
    const watching = watch(tv);
    const { automaticSessions, standing } = await untilStatus(tv, 'signed-out', 15_000);
    await eventually(() => watching.seen.at(-1)?.status === 'signed-out', 'told of the end');

    const codes = watching.seen.flatMap((seen) => (seen.status === 'pending' ? [seen.code] : []));
    assert.equal(codes[0], first.code);
    assert.equal(new Set(codes).size, 3, 'the first code and two by itself');
    assert.equal(sent('createSession').length, 3);
    assert.equal(automaticSessions, 2);
    assert.ok(standing.status === 'signed-out' && standing.reason === 'code-expired');
    assert.equal(sent('register').length, 1);
    await watching.stop();
  });

  it('keeps the provider that a second screen chose', async () => {
    const { tv } = newTv(stack());
    const first = await tv.authenticate();
    assert.ok(first.status === 'pending');
    const watching = watch(tv);
    await tv.resume({ code: first.code, mvpd: { id: 'NorthCable' } });
    const fresh = await eventually(
      () => watching.seen.find((seen) => seen.generation > first.generation),
      'the new code',
    );
    assert.ok(fresh.status === 'pending' && fresh.url);
    assert.deepEqual([fresh.mvpd?.id, fresh.missingParameters], ['NorthCable', []]);
    await watching.stop();
  });

  it('keeps the chosen provider, and a viewer can sign in with the new code', async () => {
    const { tv } = newTv(stack());
    const first = await showCode(tv);
    const watching = watch(tv);
    const fresh = await eventually(
      () => watching.seen.find((seen) => seen.generation > first.generation),
      'the new code',
    );
    assert.ok(fresh.status === 'pending' && fresh.url);
    assert.equal(fresh.mvpd?.id, 'NorthCable');
    await signInAsViewer(fresh.url);
    await tv.browserReturned();
    await eventually(() => watching.seen.at(-1)?.status === 'signed-in', 'told of the login');
    await watching.stop();
  });

  it('is not followed by another once the watcher has left', async () => {
    const { tv, sent } = newTv(stack());
    const { generation } = await showCode(tv);
    const watching = watch(tv);
    await eventually(() => watching.seen.some((seen) => seen.generation > generation), 'renewed');
    await watching.stop();
    const { standing } = await untilStatus(tv, 'signed-out', 15_000);
    assert.ok(standing.status === 'signed-out' && standing.reason === 'code-expired');
    assert.equal(sent('createSession').length, 2);
  });
});

describe('the rule for new codes', () => {
  describe('always', () => {
    const stack = withStack({ automaticSessions: { rule: 'always', limit: 1 } });
    it('asks nobody, up to the limit', async () => {
      const { tv, sent } = newTv(stack());
      await showCode(tv);
      const { automaticSessions } = await untilStatus(tv, 'signed-out', 15_000);
      assert.equal(automaticSessions, 1);
      assert.equal(sent('createSession').length, 2);
    });
  });

  describe('never', () => {
    const stack = withStack({ automaticSessions: { rule: 'never', limit: 8 } });
    it('lets the code end, whoever watches', async () => {
      const { tv, sent } = newTv(stack());
      await showCode(tv);
      const watching = watch(tv);
      await eventually(() => watching.seen.at(-1)?.status === 'signed-out', 'told of the end');
      assert.equal(sent('createSession').length, 1);
      await watching.stop();
    });
  });
});

describe('a session that ends at Adobe before its time', () => {
  const stack = withStack({}, {});

  it('is replaced at once while somebody watches, who is told of the new code', async () => {
    const { tv, sent } = newTv(stack());
    const old = await showCode(tv);
    const watching = watch(tv);
    await eventually(() => watching.seen.length > 0, 'watching');
    stack().sandbox.endSession(old.code);
    const fresh = await eventually(() => watching.seen[1], 'told of what came next');
    assert.ok(fresh.status === 'pending' && fresh.code !== old.code);
    assert.equal(sent('createSession').length, 2);
    await watching.stop();
  });
});

describe('a session that ends before its time with nobody there', () => {
  const stack = withStack({ presenceWindowMs: 1 }, {});

  it('is not replaced', async () => {
    const { tv, sent } = newTv(stack());
    const { code } = await showCode(tv);
    stack().sandbox.endSession(code);
    const { standing } = await untilStatus(tv, 'signed-out');
    assert.ok(standing.status === 'signed-out' && standing.reason === 'code-expired');
    assert.equal(sent('createSession').length, 1);
  });
});

describe('a code that runs out while Adobe is away', () => {
  const stack = withStack({ automaticSessions: always });

  it('is replaced once Adobe is back', async () => {
    const { tv, sent, options } = newTv(stack());
    const { generation } = await showCode(tv);
    const fault = {
      operation: 'createSession',
      kind: 'status',
      status: 503,
      ip: options.ip,
    } as const;
    stack().sandbox.faults.set({ ...fault, times: 3 });
    const view = await eventually(
      async () => {
        const now = await tv.view();
        return now.standing.generation > generation && now;
      },
      'a new code',
      15_000,
    );
    assert.equal(view.standing.status, 'pending');
    assert.equal(view.lastError, undefined, 'what works again is no error any more');
    assert.ok(view.calls.some(({ code }) => code === 'server_error'));
    assert.equal(sent('createSession').length, 5);
  });

  it('lets a request that comes meanwhile have its own code, and polls for that one', async () => {
    const { tv, sent, options } = newTv(stack());
    const old = await showCode(tv);
    const fault = {
      operation: 'createSession',
      kind: 'status',
      status: 503,
      ip: options.ip,
    } as const;
    stack().sandbox.faults.set({ ...fault, times: 3 });
    await eventually(() => sent('createSession').length === 4, 'three vain tries', 15_000);
    // The next try by itself is five seconds away.
    const fresh = await eventually(
      () => showCode(tv).then((shown) => shown.code !== old.code && shown),
      'a code of its own',
      2_500,
    );
    const asked = () => sent('profileByCode').filter(({ path }) => path.endsWith(fresh.code));
    await eventually(() => asked().length > 0, 'polled for', CODE_LIFE_MS);
  });
});
