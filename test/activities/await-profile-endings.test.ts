import assert from 'node:assert/strict';
import { ApplicationFailure } from '@temporalio/common';
import type { MockActivityEnvironment } from '@temporalio/testing';
import type { Wanted } from '../../src/activities/await-profile.ts';
import { signInAsViewer } from '../../src/sandbox/index.ts';
import { KeyRing, seal, ofDevice } from '../../src/sealing/index.ts';
import { eventually } from '../support/stack.ts';
import {
  awaitLogin,
  type Bench,
  environment,
  isCancelled,
  type Registered,
  startBench,
  waitingDevice,
  DEVICE,
} from './support.ts';

describe('the end of a wait', () => {
  let bench: Bench;
  let device: Registered;
  let waiting: { wanted: Wanted; url: string; code: string };
  before(async () => {
    bench = await startBench();
  });
  after(() => bench.stop());
  beforeEach(async () => {
    bench.sandbox.reset();
    device = await bench.registered();
    waiting = await waitingDevice(bench, device);
  });
  afterEach(() => assert.equal(bench.waits.size, 0, 'no wait is left behind'));

  const polls = () =>
    bench.sandbox.requests.filter(({ operation }) => operation === 'profileByCode').length;
  const polled = (count: number) => eventually(() => polls() >= count, `${count} polls`);
  const begin = (wanted: Wanted, running?: MockActivityEnvironment) =>
    awaitLogin(bench, wanted, running);

  it("comes with the code's own [ATN-04]", async () => {
    const notAfter = Date.now() + 450;
    const { outcome, profiles } = await begin({ ...waiting.wanted, notAfter });
    assert.equal(outcome, 'expired');
    assert.deepEqual(profiles, []);
    const late = Date.now() - notAfter;
    assert.ok(late >= 0 && late < 2_000, `${late} ms after the code`);
    const after = bench.sandbox.requests.filter(
      ({ operation, at }) => operation === 'profileByCode' && at > notAfter,
    );
    assert.deepEqual(after, [], 'the code is not asked for any more');
  });

  it('comes at once when another worker takes over after the end of the code', async () => {
    const from = Date.now();
    const { outcome } = await begin({ ...waiting.wanted, notAfter: from - 1 });
    assert.equal(outcome, 'expired');
    assert.equal(polls(), 0);
  });

  it('looks once more, for a login in the last seconds', async () => {
    const { wanted, url } = waiting;
    await signInAsViewer(url);
    const at = Date.now();
    const {
      outcome,
      profiles,
      polls: count,
    } = await begin({
      ...wanted,
      firstPollAt: at + 60_000,
      notAfter: at + 300,
    });
    assert.equal(outcome, 'signed-in');
    assert.equal(profiles[0]?.mvpd, 'NorthCable');
    assert.equal(count, 0);
    assert.equal(polls(), 0);
  });

  it('is expiry too when that last look fails', async () => {
    bench.sandbox.faults.set({ operation: 'profiles', kind: 'status', status: 500, times: 5 });
    const { outcome } = await begin({ ...waiting.wanted, notAfter: Date.now() + 150 });
    assert.equal(outcome, 'expired');
  });

  it('comes when Adobe no longer knows the session', async () => {
    const { wanted, code } = waiting;
    const login = begin(wanted);
    await polled(2);
    bench.sandbox.endSession(code);
    const { outcome, failedPolls } = await login;
    assert.deepEqual([outcome, failedPolls], ['session-gone', 0]);
  });

  it('comes when a new code has ended the old one [ATN-05]', async () => {
    const { adobe, run } = bench;
    const login = begin(waiting.wanted);
    await polled(1);
    await run(() => adobe.createSession(device, { mvpd: 'SkyDish' }));
    assert.equal((await login).outcome, 'stopped', 'in the same process at once');
  });

  it('comes when the registration is lost [DCR-04]', async () => {
    const login = begin(waiting.wanted);
    await polled(1);
    bench.sandbox.revokeClients();
    assert.equal((await login).outcome, 'registration-lost');
  });

  it('comes when the credentials no longer bring a token', async () => {
    bench.sandbox.faults.set({ operation: 'token', kind: 'error', code: 'invalid_client' });
    bench.sandbox.expireAccessTokens();
    assert.equal((await begin(waiting.wanted)).outcome, 'registration-lost');
  });

  it('comes at once when nobody wants the code any more', async () => {
    const { wanted } = waiting;
    const login = begin({ ...wanted, firstPollAt: Date.now() + 60_000 });
    await eventually(() => bench.waits.size === 1, 'the wait has begun');
    const from = Date.now();
    await bench.activities.stopWaiting({ app: 'other', deviceId: wanted.deviceId });
    assert.equal(bench.waits.size, 1, "another app's device is another device");
    await bench.activities.stopWaiting(wanted);
    assert.equal((await login).outcome, 'stopped');
    assert.ok(Date.now() - from < 1_000);
  });

  it('comes at once also while Adobe keeps a poll waiting', async () => {
    bench.sandbox.faults.set({ operation: 'profileByCode', kind: 'hang' });
    const login = begin(waiting.wanted);
    await polled(1);
    const from = Date.now();
    bench.waits.stop(waiting.wanted);
    assert.equal((await login).outcome, 'stopped');
    assert.ok(Date.now() - from < 1_000);
  });

  for (const kind of ['between two polls', 'in a poll'] as const) {
    it(`is not reached when the worker stops ${kind}: another one goes on`, async () => {
      if (kind === 'in a poll') {
        bench.sandbox.faults.set({ operation: 'profileByCode', kind: 'hang' });
      }
      const running = environment();
      const login = begin(waiting.wanted, running);
      await polled(1);
      const from = Date.now();
      running.cancel('WORKER_SHUTDOWN');
      await assert.rejects(login, (error) => {
        assert.ok(error instanceof ApplicationFailure, 'a failure, and no cancellation');
        assert.equal(error.type, 'worker_stopping');
        assert.equal(error.nonRetryable, false);
        return true;
      });
      assert.ok(Date.now() - from < 1_000);
    });
  }

  it('comes when Temporal cancels it', async () => {
    const running = environment();
    const login = begin(waiting.wanted, running);
    await polled(1);
    running.cancel();
    await assert.rejects(login, isCancelled);
    const before = polls();
    await begin({
      ...waiting.wanted,
      firstPollAt: Date.now() + 60_000,
      notAfter: Date.now() + 250,
    });
    assert.equal(polls(), before, 'nobody polls any more');
  });

  it('is left to another worker when this one lacks the key', async () => {
    const stranger = KeyRing.generate(new Date(0));
    const network = await seal(stranger, { ip: '203.0.113.1' }, ofDevice('network', DEVICE));
    await assert.rejects(begin({ ...waiting.wanted, network }), {
      name: 'ApplicationFailure',
      type: 'sealed_value',
      nonRetryable: false,
    });
  });
});
