import assert from 'node:assert/strict';
import type { Waiter } from '../../src/activities/poller.ts';
import { KeyRing, seal, ofDevice } from '../../src/sealing/index.ts';
import { eventually } from '../support/stack.ts';
import {
  awaitLogin,
  type Bench,
  type Registered,
  startBench,
  waitingDevice,
  DEVICE,
} from './support.ts';

describe('the end of a wait', () => {
  let bench: Bench;
  let device: Registered;
  let waiting: { wanted: Waiter; url: string; code: string };
  before(async () => {
    bench = await startBench();
  });
  after(() => bench.stop());
  beforeEach(async () => {
    bench.sandbox.reset();
    device = await bench.registered();
    waiting = await waitingDevice(bench, device);
  });
  afterEach(() => assert.equal(bench.room.size, 0, 'nobody is left behind'));

  const polls = () =>
    bench.sandbox.requests.filter(({ operation }) => operation === 'profileByCode').length;
  const polled = (count: number) => eventually(() => polls() >= count, `${count} polls`);
  const begin = async (wanted: Waiter) => awaitLogin(bench, wanted);

  it("comes with the code's own, of which the workflow knows by itself [ATN-04]", async () => {
    const notAfter = Date.now() + 450;
    bench.called.length = 0;
    assert.equal(await begin({ ...waiting.wanted, notAfter }), undefined);
    const late = Date.now() - notAfter;
    assert.ok(late >= 0 && late < 2_000, `${late} ms after the code`);
    const after = bench.sandbox.requests.filter(
      ({ operation, at }) => operation === 'profileByCode' && at > notAfter,
    );
    assert.deepEqual(after, [], 'the code is not asked for any more');
    assert.deepEqual(bench.called, []);
  });

  it('comes at once where the code is over already', async () => {
    const from = Date.now();
    assert.equal(await begin({ ...waiting.wanted, notAfter: from - 1 }), undefined);
    assert.equal(polls(), 0);
  });

  it('comes when Adobe no longer knows the session', async () => {
    const { wanted, code } = waiting;
    const login = begin(wanted);
    await polled(2);
    bench.sandbox.endSession(code);
    const end = await login;
    assert.deepEqual([end?.outcome, end?.failedPolls], ['session-gone', 0]);
  });

  it('comes when the registration is lost [DCR-04]', async () => {
    const login = begin(waiting.wanted);
    await polled(1);
    bench.sandbox.revokeClients();
    assert.equal((await login)?.outcome, 'registration-lost');
  });

  it('comes when the credentials no longer bring a token', async () => {
    bench.sandbox.faults.set({ operation: 'token', kind: 'error', code: 'invalid_client' });
    bench.sandbox.expireAccessTokens();
    assert.equal((await begin(waiting.wanted))?.outcome, 'registration-lost');
  });

  it('comes at once when nobody wants the code any more', async () => {
    const { wanted } = waiting;
    const login = begin({ ...wanted, firstPollAt: Date.now() + 60_000 });
    await eventually(() => bench.room.size === 1, 'the wait has begun');
    const from = Date.now();
    await bench.activities.leaveRoom({ app: 'other', deviceId: wanted.deviceId });
    assert.equal(bench.room.size, 1, "another app's device is another device");
    await bench.activities.leaveRoom(wanted);
    assert.equal(await login, undefined);
    assert.ok(Date.now() - from < 1_000);
  });

  it('comes at once also while Adobe keeps a poll waiting', async () => {
    bench.sandbox.faults.set({ operation: 'profileByCode', kind: 'hang' });
    const login = begin(waiting.wanted);
    await polled(1);
    const from = Date.now();
    bench.room.leave(waiting.wanted);
    assert.equal(await login, undefined);
    assert.ok(Date.now() - from < 1_000);
  });

  for (const kind of ['between two polls', 'in a poll'] as const) {
    it(`comes at once when the room closes ${kind}, and nobody waits there after it`, async () => {
      const closing = await startBench({ running: bench.sandbox, keys: bench.keys });
      try {
        if (kind === 'in a poll') {
          bench.sandbox.faults.set({ operation: 'profileByCode', kind: 'hang' });
        }
        const login = awaitLogin(closing, waiting.wanted);
        await polled(1);
        const from = Date.now();
        closing.room.close();
        assert.equal(await login, undefined);
        assert.ok(Date.now() - from < 1_000);
        await closing.room.enter(waiting.wanted);
        assert.equal(closing.room.size, 0);
      } finally {
        await closing.stop();
      }
    });
  }

  it('is an error at once when this process lacks the key', async () => {
    const stranger = KeyRing.generate(new Date(0));
    const network = await seal(stranger, { ip: '203.0.113.1' }, ofDevice('network', DEVICE));
    await assert.rejects(begin({ ...waiting.wanted, network }), { name: /SealedError|MissingKey/ });
  });
});
