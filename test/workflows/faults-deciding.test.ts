import assert from 'node:assert/strict';
import type { Fault } from '../../src/sandbox/index.ts';
import { eventually, type Stack, startStack } from '../support/stack.ts';
import { errorOf, newTv, showCode, signIn } from './support.ts';

/** The time budget of the workers, and a second for the way. */
const BUDGET_MS = 8_000;

describe('a decision while Adobe is not well', () => {
  let stack: Stack;
  before(async function () {
    this.timeout(300_000);

    stack = await startStack({ sandbox: { throttle: false } });
  });
  after(() => stack.stop());
  afterEach(() => stack.sandbox.faults.clear());

  async function failing(fault: Omit<Fault, 'operation'>, code: string, tries: number) {
    const { tv, sent, options } = newTv(stack);
    await signIn(tv);
    stack.sandbox.faults.set({ times: 9, ...fault, operation: 'authorize', ip: options.ip });
    const before = Date.now();
    const error = await errorOf(tv.authorize('REF30'));
    const took = Date.now() - before;
    assert.ok(took < BUDGET_MS, `${took} ms`);
    assert.equal(error.code, code);
    assert.equal(sent('authorize').length, tries);
    assert.equal((await tv.view()).standing.status, 'signed-in');
    assert.equal((await tv.view()).lastError?.code, code);
    return error;
  }

  it('fails with the status after three tries of a 503 [ERR-04] [EEC-04]', async () => {
    const error = await failing({ kind: 'status', status: 503 }, 'server_error', 3);
    assert.deepEqual([error.status, error.action, error.retryable], [503, 'retry', true]);
  });

  it('fails after three connections that break [ERR-04]', async () => {
    const error = await failing({ kind: 'reset' }, 'network_error', 3);
    assert.ok(error.retryable);
  });

  it('pauses a second after each 429, within the budget [THR-03] [THR-04]', async () => {
    const { tv, sent, options } = newTv(stack);
    await signIn(tv);
    const { ip } = options;
    stack.sandbox.faults.set({ operation: 'authorize', kind: 'html-429', times: 2, ip });
    assert.equal((await tv.authorize('REF30')).status, 'permitted');
    const [one, two, three] = sent('authorize').map(({ at }) => at);
    assert.ok(one && two && three && two - one >= 990 && three - two >= 990);
  });

  it('repeats what Adobe says to repeat, and nothing else [ERR-02]', async () => {
    const error = await failing(
      { kind: 'error', code: 'network_connection_timeout' },
      'network_connection_timeout',
      3,
    );
    assert.deepEqual([error.action, error.status], ['retry', 403]);
    const { tv, sent, options } = newTv(stack);
    await showCode(tv);
    await tv.abandon();
    stack.sandbox.faults.set({
      operation: 'createSession',
      kind: 'error',
      code: 'internal_server_error',
      ip: options.ip,
    });
    assert.equal(
      (await errorOf(tv.authenticate({ mvpd: { id: 'NorthCable' } }))).code,
      'internal_server_error',
    );
    assert.equal(sent('createSession').length, 2);
  });

  it('gives up on an Adobe that hangs before the caller does [ERR-04]', async () => {
    const error = await failing({ kind: 'hang' }, 'timeout', 3);
    assert.ok(error.retryable);
  });
});

describe('the next code while Adobe is not well', () => {
  let stack: Stack;
  before(async () => {
    stack = await startStack({ sandbox: { throttle: false } });
  });
  after(() => stack.stop());

  it('leaves the present one on the screen, and polled for', async () => {
    const { tv, sent, options } = newTv(stack);
    const { code } = await showCode(tv);
    const fault = { operation: 'createSession', kind: 'status', times: 3, ip: options.ip } as const;
    stack.sandbox.faults.set(fault);
    const error = await errorOf(tv.authenticate({ restart: true }));
    assert.equal(error.code, 'server_error');
    const { standing } = await tv.view();
    assert.ok(standing.status === 'pending' && standing.code === code);
    await eventually(() => sent('profileByCode').length >= 2, 'polled on');
    assert.ok(sent('profileByCode').every(({ path }) => path.endsWith(code)));
  });
});
