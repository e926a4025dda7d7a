import assert from 'node:assert/strict';
import { ApplicationFailure } from '@temporalio/common';
import type { Fault } from '../../src/sandbox/index.ts';
import type { FailureDetails } from '../../src/workflows/upstream-call.ts';
import { environment, isCancelled, type Bench, type Registered, startBench } from './support.ts';

describe('failures of activities', () => {
  let bench: Bench;
  let device: Registered;
  beforeEach(async () => {
    bench = await startBench();
    device = await bench.registered();
  });
  afterEach(() => bench.stop());

  /** The failure of looking for profiles under a fault; it may hold nothing secret. */
  async function failureUnder(
    fault: Omit<Fault, 'operation'> | undefined,
    { attempt = 1, deadline = Date.now() + 7_000 } = {},
  ): Promise<ApplicationFailure & { told: FailureDetails }> {
    const { adobe, run, sandbox } = bench;
    if (fault) sandbox.faults.set({ operation: 'profiles', ...fault });
    const asker = { ...device, deadline, attempt };
    const failed = await run(() => adobe.findProfiles(asker)).catch((error: unknown) => error);
    assert.ok(failed instanceof ApplicationFailure, String(failed));
    assert.equal(failed.cause, undefined);
    const { message, stack, type } = failed;
    const details = failed.details ?? [];
    assert.ok(details.length <= 1);
    const everything = JSON.stringify([details, message, stack, type, failed]);
    for (const secret of [...sandbox.secrets(), device.ip, device.accessToken]) {
      assert.ok(!everything.includes(secret), 'nothing secret in it [AI-02]');
    }
    return Object.assign(failed, { told: (details[0] ?? {}) as FailureDetails });
  }

  it("have Adobe's code as their type, and what a ticket needs [EEC-01] [EEC-07]", async () => {
    const { type, told, message, nonRetryable } = await failureUnder({
      kind: 'error',
      code: 'invalid_parameter_mvpd',
    });
    assert.equal(type, 'invalid_parameter_mvpd');
    assert.equal(nonRetryable, true);
    const { trace, calls, ...rest } = told;
    assert.deepEqual(rest, {
      action: 'none',
      status: 400,
      operation: 'profiles',
      reason: 'No such MVPD.',
      retryable: false,
    });
    assert.ok(trace);
    assert.deepEqual(
      calls?.map(({ operation, status, code }) => [operation, status, code]),
      [['profiles', 400, 'invalid_parameter_mvpd']],
    );
    assert.match(message, /^Adobe Pass profiles: 400 invalid_parameter_mvpd: /);
  });

  const byAction: [
    what: string,
    fault: Omit<Fault, 'operation'>,
    action: string,
    retry: boolean,
  ][] = [
    ['action none', { kind: 'error', code: 'internal_server_error' }, 'none', false],
    ['action configuration', { kind: 'error', code: 'too_many_resources' }, 'configuration', false],
    [
      'action application-registration',
      { kind: 'revoked-client' },
      'application-registration',
      false,
    ],
    [
      'authentication',
      { kind: 'error', code: 'authenticated_profile_expired' },
      'authentication',
      false,
    ],
    [
      'action retry, with status 403',
      { kind: 'error', code: 'network_received_error' },
      'retry',
      true,
    ],
    ['an action that we do not know [EEC-06]', unknown('think-twice'), 'think-twice', false],
    ['a refused token', { kind: 'expired-token' }, 'none', false],
    ['a 500 without a word', { kind: 'status', status: 500 }, 'retry', true],
    ['a 503 without a word', { kind: 'status', status: 503 }, 'retry', true],
    ['a 404', { kind: 'status', status: 404 }, 'none', false],
    ['a broken connection', { kind: 'reset' }, 'retry', true],
    ['no JSON', { kind: 'body', body: 'oops' }, 'none', false],
  ];
  for (const [what, fault, action, retry] of byAction) {
    it(`are ${retry ? '' : 'not '}tried again after ${what} [ERR-01] [ERR-02] [ERR-04]`, async () => {
      const { nonRetryable, told } = await failureUnder(fault);
      assert.equal(told.action, action);
      assert.equal(told.retryable, retry);
      assert.equal(nonRetryable, !retry);
    });
  }

  function unknown(action: string): Omit<Fault, 'operation'> {
    const body = JSON.stringify({ code: 'new_code', action, status: 418, message: 'New.' });
    return { kind: 'body', status: 418, body };
  }

  it('wait a second before the next try after a 429, an HTML page [THR-03] [THR-04]', async () => {
    const { type, nextRetryDelay, nonRetryable, told } = await failureUnder({ kind: 'html-429' });
    assert.equal(type, 'throttled');
    assert.equal(nonRetryable, false);
    assert.ok(typeof nextRetryDelay === 'number' && nextRetryDelay >= 1_000);
    assert.equal(told.status, 429);
  });

  it('are for good when the pause after a 429 takes the rest of the time', async () => {
    const soon = { deadline: Date.now() + 900 };
    const { nonRetryable, told } = await failureUnder({ kind: 'html-429' }, soon);
    assert.equal(nonRetryable, true);
    assert.equal(told.retryable, true, 'asking again later may help');
  });

  it('are for good at the third try [EEC-04]', async () => {
    const fault = { kind: 'status', status: 500, times: 3 } as const;
    assert.equal((await failureUnder(fault, { attempt: 1 })).nonRetryable, false);
    assert.equal((await failureUnder(undefined, { attempt: 2 })).nonRetryable, false);
    const last = await failureUnder(undefined, { attempt: 3 });
    assert.equal(last.nonRetryable, true);
    assert.equal(last.told.retryable, true);
  });

  it('come at once, and nothing is sent, when the time is over', async () => {
    const { adobe, run, sandbox, keys: _keys } = bench;
    const before = sandbox.requests.length;
    const { type, nonRetryable, told } = await failureUnder(undefined, {
      deadline: Date.now() - 1,
    });
    assert.equal(type, 'deadline_exceeded');
    assert.equal(nonRetryable, true);
    // Earlier calls took the time: to ask again at once is worth it.
    const again = { action: 'retry', retryable: true, retryAfterMs: 0 };
    assert.deepEqual(told, { ...again, calls: [] });
    const late = { ...device, deadline: 0 };
    const each = [
      () => adobe.register(late),
      () => adobe.renewAccessToken(late, device.credentials),
      () => adobe.createSession(late, {}),
      () => adobe.resumeSession(late, 'ABCDEF', {}),
      () => adobe.findProfiles(late, { mvpd: 'NorthCable' }),
      () => adobe.checkProfile(late, 'ABCDEF', { firstPollAt: 0 }),
      () => adobe.preauthorize(late, 'NorthCable', ['one']),
      () => adobe.authorize(late, 'NorthCable', 'one'),
      () => adobe.logout(late, 'NorthCable'),
    ];
    for (const activity of each) {
      await assert.rejects(run<unknown>(activity), { type: 'deadline_exceeded' });
    }
    assert.equal(sandbox.requests.length, before);
  });

  it('end a call that hangs when the time is over', async () => {
    const from = Date.now();
    const { type, nonRetryable, told } = await failureUnder(
      { kind: 'hang' },
      { deadline: from + 300 },
    );
    assert.ok(Date.now() - from < 2_000);
    assert.equal(type, 'timeout');
    assert.equal(nonRetryable, true);
    assert.equal(told.retryable, true);
  });

  it('name an app that is not configured', async () => {
    const { adobe, sandbox } = bench;
    const stranger = { ...device, app: 'nope' };
    const inItsWorkflow = environment({
      workflowExecution: { workflowId: `device:test:nope:${device.deviceId}`, runId: 'run' },
    });
    const before = sandbox.requests.length;
    const each = [
      () => adobe.register(stranger),
      () => adobe.createSession(stranger, {}),
      () => adobe.findProfiles(stranger),
      () => adobe.logout(stranger, 'NorthCable'),
    ];
    for (const activity of each) {
      const failure = { type: 'unknown_app', nonRetryable: true };
      await assert.rejects(Promise.resolve(inItsWorkflow.run(async () => activity())), failure);
    }
    assert.equal(sandbox.requests.length, before);
  });

  it('are cancellations when Temporal cancels the activity', async () => {
    const { adobe, sandbox } = bench;
    sandbox.faults.set({ operation: 'profiles', kind: 'hang' });
    const running = environment();
    const result = running.run(() => adobe.findProfiles(device));
    running.cancel();
    await assert.rejects(result, isCancelled);
  });
});
