import assert from 'node:assert/strict';
import { type Fault, signInAsViewer } from '../../src/sandbox/index.ts';
import { eventually, type Stack, startStack } from '../support/stack.ts';
import { newTv, showCode, untilStatus } from './support.ts';

describe('a wait while Adobe is not well', () => {
  let stack: Stack;
  before(async function () {
    this.timeout(300_000);
    stack = await startStack({ sandbox: { throttle: false } });
  });
  after(() => stack.stop());

  const faults: [string, Omit<Fault, 'operation'>][] = [
    ['a 503', { kind: 'status', status: 503 }],
    ['a 429 [THR-03]', { kind: 'html-429' }],
    ['a broken connection', { kind: 'reset' }],
    ['an error that says retry', { kind: 'error', code: 'network_received_error' }],
    ['an error that says nothing', { kind: 'error', code: 'internal_server_error' }],
    ['what is no JSON', { kind: 'body', body: '<html>' }],
    ['a late answer', { kind: 'latency', ms: 1_200 }],
  ];
  // All at the same time, for each takes some polls.
  it(`outlives ${faults.map(([what]) => what).join(', ')} [ERR-02] [ERR-04]`, async () => {
    await Promise.all(
      faults.map(async ([what, fault]) => {
        const { tv, sent, options } = newTv(stack);
        const { url } = await showCode(tv);
        const set = { ...fault, operation: 'profileByCode', times: 2, ip: options.ip } as const;
        stack.sandbox.faults.set(set);
        await eventually(() => sent('profileByCode').length >= 2, `${what}, twice`);
        await signInAsViewer(url);
        const { standing } = await untilStatus(tv, 'signed-in');
        assert.ok(standing.status === 'signed-in', what);
        assert.equal(sent('createSession').length, 1, what);
      }),
    );
  });
});

describe('a nudge while Adobe is not well', () => {
  let stack: Stack;
  before(async () => {
    // The three tries of the nudge are over before the first scheduled poll.
    stack = await startStack({ sandbox: { throttle: false }, config: { pollIntervalMs: 4_000 } });
  });
  after(() => stack.stop());

  it('fails for operators to see, and the scheduled poll finds the profile [EEC-07]', async () => {
    const { tv, sent, options } = newTv(stack);
    const { url } = await showCode(tv);
    const fault = { operation: 'profileByCode', kind: 'status', status: 502, times: 3 } as const;
    stack.sandbox.faults.set({ ...fault, ip: options.ip });
    await signInAsViewer(url);
    await tv.browserReturned();
    const { calls, lastError } = await untilStatus(tv, 'signed-in');
    assert.ok(calls.some(({ code, status }) => code === 'server_error' && status === 502));
    assert.equal(lastError, undefined, 'it works again');
    assert.deepEqual(
      sent('profileByCode').map(({ status }) => status),
      [502, 502, 502, 200],
    );
  });
});

const page = '<html><body>Please wait</body></html>';

describe('a nudge that gets no answer of Adobe', () => {
  let stack: Stack;
  before(async () => {
    // No scheduled poll comes in time to be mistaken for it, however slow the machine.
    stack = await startStack({ sandbox: { throttle: false }, config: { pollIntervalMs: 90_000 } });
  });
  after(() => stack.stop());

  const faults = {
    'a page of a proxy': { kind: 'body', status: 200, body: page },
    'a page that says 403': { kind: 'body', status: 403, body: page },
    'a page that says 404': { kind: 'body', status: 404, body: page },
    'an empty body': { kind: 'body', status: 200, body: '' },
    'a redirect': { kind: 'body', status: 302, body: '' },
    'a broken connection': { kind: 'reset' },
    'a 429': { kind: 'html-429' },
  } as const;
  for (const [what, fault] of Object.entries(faults)) {
    it(`is sent again a second later after ${what}`, async () => {
      const { tv, sent, options } = newTv(stack);
      const { url } = await showCode(tv);
      const set = { ...fault, operation: 'profileByCode', times: 2, ip: options.ip } as const;
      stack.sandbox.faults.set(set);
      await signInAsViewer(url);
      await tv.browserReturned();
      await untilStatus(tv, 'signed-in', 15_000);
      const polls = sent('profileByCode');
      assert.equal(polls.length, 3);
      // Not after the 200 or 400 ms of Temporal's retries. One may be longer on its way than the next.
      for (const [index, { at }] of polls.slice(1).entries()) {
        const afterMs = at - (polls[index]?.at ?? 0);
        assert.ok(afterMs >= 700, `again after ${afterMs} ms`);
      }
    });
  }
});

describe('a nudge that gets none again and again', () => {
  let stack: Stack;
  before(async () => {
    // The four tries of the nudge are over before the first scheduled poll.
    stack = await startStack({ sandbox: { throttle: false }, config: { pollIntervalMs: 9_000 } });
  });
  after(() => stack.stop());

  it('gives up after a few, and leaves the rest to the scheduled polls', async () => {
    const { tv, sent, options } = newTv(stack);
    const { url } = await showCode(tv);
    const fault = { kind: 'body', status: 200, body: page, times: 4 } as const;
    stack.sandbox.faults.set({ ...fault, operation: 'profileByCode', ip: options.ip });
    await signInAsViewer(url);
    await tv.browserReturned();
    const { lastError } = await eventually(async () => {
      const view = await tv.view();
      return view.lastError?.operation === 'profileByCode' && view;
    }, 'the operator sees it');
    assert.equal(lastError?.code, 'invalid_response');
    await untilStatus(tv, 'signed-in', 20_000);
    const polls = sent('profileByCode').map(({ at }) => at);
    assert.equal(polls.length, 5);
    assert.ok((polls[4] ?? 0) - (polls[3] ?? 0) > 2_000, 'the last was scheduled');
  });
});
