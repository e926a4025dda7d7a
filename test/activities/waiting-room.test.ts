import assert from 'node:assert/strict';
import type { Waiter, WaitResult } from '../../src/activities/poller.ts';
import { signInAsViewer } from '../../src/sandbox/index.ts';
import { open, seal, ofDevice } from '../../src/sealing/index.ts';
import { eventually } from '../support/stack.ts';
import {
  awaitLogin,
  type Bench,
  type Registered,
  startBench,
  waitingDevice,
  DEVICE,
} from './support.ts';

const INTERVAL_MS = 200;
/** What two requests may lose between them on a busy machine. */
const JITTER_MS = 60;

const FOR_TOKEN = ofDevice('access-token', DEVICE);

describe('waiting for a login', () => {
  let bench: Bench;
  let device: Registered;
  let waiting: { wanted: Waiter; url: string; code: string };
  before(async () => {
    bench = await startBench({ config: { pollIntervalMs: INTERVAL_MS } });
  });
  after(() => bench.stop());
  beforeEach(async () => {
    bench.sandbox.reset();
    device = await bench.registered();
    waiting = await waitingDevice(bench, device);
  });
  afterEach(() => assert.equal(bench.room.size, 0, 'nobody is left behind'));

  const requests = (operation: string) =>
    bench.sandbox.requests.filter((request) => request.operation === operation);
  const polled = (count: number) =>
    eventually(() => requests('profileByCode').length >= count, `${count} polls`);
  const begin = async (wanted: Waiter): Promise<WaitResult> => {
    const result = await awaitLogin(bench, wanted);
    assert.ok(result, 'something came of it');
    return result;
  };

  it('polls one interval apart until the profile is there, then stops [ATN-02] [ATN-03] [S2S-25]', async () => {
    const { wanted, url, code } = waiting;
    const startedAt = Date.now();
    const login = begin({ ...wanted, firstPollAt: startedAt + INTERVAL_MS });
    await polled(4);
    await signInAsViewer(url);
    const { outcome, profiles, polls, failedPolls } = await login;
    const [profile] = profiles;
    assert.equal(outcome, 'signed-in');
    assert.equal(profile?.mvpd, 'NorthCable');
    assert.ok(
      'userID' in
        (await open(
          bench.keys,
          profile.attributes,
          ofDevice('profile', DEVICE, profile.mvpd, String(profile.notAfter)),
        )),
    );

    const sent = requests('profileByCode');
    assert.equal(polls, sent.length);
    assert.equal(failedPolls, 0);
    assert.ok((sent[0]?.at ?? 0) - startedAt >= INTERVAL_MS - JITTER_MS);
    for (const [index, { at, path }] of sent.entries()) {
      assert.equal(path, `/api/v2/REF30/profiles/code/${code}`);
      const before = sent[index - 1];
      if (before) assert.ok(at - before.at >= INTERVAL_MS - JITTER_MS, `${at - before.at} ms`);
    }
    assert.equal(
      bench.room.questions.lastAsked(code) !== undefined,
      true,
      'nudges know of the polls',
    );
  });

  it('calls the workflow of the device, with the code, and keeps the result for it', async () => {
    const { wanted, url, code } = waiting;
    await signInAsViewer(url);
    bench.called.length = 0;
    await bench.room.enter(wanted);
    await eventually(() => bench.called.length > 0, 'called');
    assert.deepEqual(bench.called, [[wanted.workflowId, code]]);
    assert.equal(bench.room.take(wanted, 'OTHERCODE'), undefined);
    assert.equal(bench.room.take(wanted, code)?.outcome, 'signed-in');
    assert.equal(bench.room.take(wanted, code), undefined, 'once');
  });

  it('calls again when Temporal could not be reached', async () => {
    const { wanted, url, code } = waiting;
    await signInAsViewer(url);
    bench.called.length = 0;
    bench.unheard.push(new Error('away'), new Error('away'));
    await bench.room.enter(wanted);
    await eventually(() => bench.called.length > 0, 'called');
    assert.equal(requests('profileByCode').length, 1, 'Adobe is not asked again');
    assert.equal(bench.room.take(wanted, code)?.outcome, 'signed-in');
  });

  it('waits in the place of an earlier wait of the same device', async () => {
    const { wanted, code } = waiting;
    await bench.room.enter({ ...wanted, firstPollAt: Date.now() + 60_000 });
    await bench.room.enter(wanted);
    assert.equal(bench.room.size, 1);
    await polled(2);
    assert.equal(bench.room.take(wanted, code), undefined, 'nothing came of it yet');
    assert.deepEqual(bench.room.leave(wanted), { stopped: 1 });
    assert.deepEqual(bench.room.leave(wanted), { stopped: 0 });
    const before = requests('profileByCode').length;
    await new Promise((resolve) => setTimeout(resolve, 2 * INTERVAL_MS));
    assert.equal(requests('profileByCode').length, before);
  });

  it('has a name of the process, and another after the process was taken for dead', () => {
    const { room } = bench;
    const before = room.id;
    assert.deepEqual(room.rename(), { closed: before, waiters: [] });
    assert.notEqual(room.id, before);
    assert.equal(room.id.split('.')[0], before.split('.')[0]);
  });

  it('tells operators of its polls when asked, and after the end of the code too', async () => {
    const { wanted } = waiting;
    await bench.room.enter({ ...wanted, notAfter: Date.now() + 3 * INTERVAL_MS });
    await polled(1);
    await eventually(() => (bench.room.report(wanted)?.calls.length ?? 0) > 0, 'a poll is told');
    await polled(2);
    await new Promise((resolve) => setTimeout(resolve, 3 * INTERVAL_MS));
    const told = bench.room.report(wanted);
    assert.ok(told && told.calls.length > 0);
    assert.deepEqual(bench.room.report(wanted)?.calls, [], 'once');
    bench.room.leave(wanted);
    assert.equal(bench.room.report(wanted), undefined);
  });

  it('renews a token that is about to expire, once, and hands it over [REG-04] [REG-06] [S2S-20] [DCR-03] [REG-05]', async () => {
    const { wanted, url } = waiting;
    const token = await open(bench.keys, device.accessToken, FOR_TOKEN);
    const ending = { ...token, expiresAt: Date.now() + 60_000 + 2.5 * INTERVAL_MS };
    const login = begin(withToken(wanted, await seal(bench.keys, ending, FOR_TOKEN)));
    const before = requests('token').length;
    await eventually(() => requests('token').length > before, 'a new token');
    assert.ok(requests('profileByCode').length >= 2, 'the old one served for a while');
    await polled(5);
    await signInAsViewer(url);
    const { accessToken, failedPolls } = await login;
    assert.equal(requests('token').length, before + 1);
    assert.equal(requests('register').length, 1);
    assert.equal(failedPolls, 0);
    assert.ok(accessToken);
    const renewed = await open(bench.keys, accessToken.sealed, FOR_TOKEN);
    assert.notEqual(renewed.value, token.value);
    assert.equal(renewed.expiresAt, accessToken.expiresAt);
  });

  const refusals: [what: string, refuse: () => void][] = [
    ['has expired at Adobe', () => bench.sandbox.expireAccessTokens()],
    [
      'is refused with a code that we do not know',
      () =>
        bench.sandbox.faults.set({
          operation: 'profileByCode',
          kind: 'body',
          status: 401,
          body: JSON.stringify({ code: 'token_out_of_favour', action: 'none', status: 401 }),
        }),
    ],
  ];
  for (const [what, refuse] of refusals) {
    it(`renews a token that ${what}, and asks again at once [REG-07]`, async () => {
      const { wanted, url } = waiting;
      await signInAsViewer(url);
      refuse();
      const { outcome, polls, failedPolls, accessToken } = await begin(wanted);
      assert.deepEqual([outcome, polls, failedPolls], ['signed-in', 1, 0]);
      assert.ok(accessToken);
      assert.deepEqual(
        requests('profileByCode').map(({ status }) => status),
        [401, 200],
      );
      assert.equal(requests('register').length, 1);
    });
  }

  it('counts polls that fail, and goes on [ERR-03] [THR-03]', async () => {
    const { wanted, url } = waiting;
    const { faults } = bench.sandbox;
    const operation = 'profileByCode';
    faults.set({ operation, kind: 'status', status: 500 });
    faults.set({ operation, kind: 'reset' });
    faults.set({ operation, kind: 'html-429' });
    faults.set({ operation, kind: 'body', body: '<html>oops' });
    faults.set({ operation, kind: 'error', code: 'network_received_error' });
    const login = begin(wanted);
    await polled(6);
    await signInAsViewer(url);
    const { outcome, polls, failedPolls, calls } = await login;
    assert.equal(outcome, 'signed-in');
    assert.equal(failedPolls, 5);
    assert.ok(polls >= 6);
    assert.ok(calls.length <= 5, 'only the last calls are kept');
    assert.equal(calls.at(-1)?.status, 200);
  });

  it('keeps the last calls for operators', async () => {
    const { wanted, code } = waiting;
    bench.sandbox.faults.set({ operation: 'profileByCode', kind: 'status', status: 500, times: 2 });
    const login = begin(wanted);
    await polled(2);
    bench.sandbox.endSession(code);
    const { calls } = await login;
    const [call] = calls;
    assert.equal(call?.operation, 'profileByCode');
    assert.deepEqual([call?.status, call?.code], [500, 'server_error']);
  });
});

function withToken(
  waiter: Waiter,
  sealed: Waiter['registration']['accessToken']['sealed'],
): Waiter {
  const { registration } = waiter;
  return { ...waiter, registration: { ...registration, accessToken: { sealed, expiresAt: 0 } } };
}
