import assert from 'node:assert/strict';
import type { MockActivityEnvironment } from '@temporalio/testing';
import type { Wanted } from '../../src/activities/await-profile.ts';
import type { AccessToken } from '../../src/adobe-pass/index.ts';
import { signInAsViewer } from '../../src/sandbox/index.ts';
import { open, type Sealed, seal, ofDevice } from '../../src/sealing/index.ts';
import { eventually } from '../support/stack.ts';
import {
  awaitLogin,
  type Bench,
  environment,
  type Registered,
  startBench,
  waitingDevice,
  DEVICE,
} from './support.ts';

const INTERVAL_MS = 200;
/** What two requests may lose between them on a busy machine. */
const JITTER_MS = 60;

interface Progress {
  nextPollAt: number;
  polls: number;
  failedPolls: number;
  accessToken?: Sealed<AccessToken>;
}

const FOR_TOKEN = ofDevice('access-token', DEVICE);

describe('waiting for a login', () => {
  let bench: Bench;
  let device: Registered;
  let waiting: { wanted: Wanted; url: string; code: string };
  before(async () => {
    bench = await startBench({ config: { pollIntervalMs: INTERVAL_MS } });
  });
  after(() => bench.stop());
  beforeEach(async () => {
    bench.sandbox.reset();
    device = await bench.registered();
    waiting = await waitingDevice(bench, device);
  });
  afterEach(() => assert.equal(bench.waits.size, 0, 'no wait is left behind'));

  const requests = (operation: string) =>
    bench.sandbox.requests.filter((request) => request.operation === operation);
  const polled = (count: number) =>
    eventually(() => requests('profileByCode').length >= count, `${count} polls`);
  const begin = (wanted: Wanted, running?: MockActivityEnvironment) =>
    awaitLogin(bench, wanted, running);

  it('polls one interval apart until the profile is there, then stops [ATN-02] [ATN-03] [S2S-25]', async () => {
    const { wanted, url, code } = waiting;
    const login = begin({ ...wanted, firstPollAt: Date.now() + INTERVAL_MS });
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
    assert.ok((sent[0]?.at ?? 0) - wanted.startedAt >= INTERVAL_MS - JITTER_MS);
    for (const [index, { at, path }] of sent.entries()) {
      assert.equal(path, `/api/v2/REF30/profiles/code/${code}`);
      const before = sent[index - 1];
      if (before) assert.ok(at - before.at >= INTERVAL_MS - JITTER_MS, `${at - before.at} ms`);
    }
    assert.equal(bench.waits.lastAsked(code) !== undefined, true, 'nudges know of the polls');
  });

  it('reports when the next poll is due, and goes on there on another worker', async () => {
    const { wanted, url } = waiting;
    const reported: Progress[] = [];
    const first = environment();
    first.on('heartbeat', (details: Progress) => reported.push(structuredClone(details)));
    const stopped = begin({ ...wanted, notAfter: Date.now() + 60_000 }, first);
    await eventually(() => (reported.at(-1)?.polls ?? 0) >= 2, 'two polls are reported');
    first.cancel('WORKER_SHUTDOWN');
    await assert.rejects(stopped);
    const last = reported.at(-1);
    assert.ok(last);
    const at = requests('profileByCode').at(-1)?.at ?? 0;
    assert.ok(Math.abs(last.nextPollAt - (at + INTERVAL_MS)) < JITTER_MS);

    await signInAsViewer(url);
    const nextPollAt = Date.now() + 500;
    const before = requests('profileByCode').length;
    const heartbeatDetails = { ...last, nextPollAt };
    const { outcome, polls } = await begin(wanted, environment({ heartbeatDetails }));
    assert.equal(outcome, 'signed-in');
    assert.equal(polls, last.polls + 1, 'it counts on');
    const sent = requests('profileByCode').slice(before);
    assert.equal(sent.length, 1);
    assert.ok((sent[0]?.at ?? 0) >= nextPollAt, 'not before it is due');
  });

  it('says nothing secret in its heartbeats', async () => {
    const { wanted, url } = waiting;
    const texts: string[] = [];
    const running = environment();
    running.on('heartbeat', (details) => texts.push(JSON.stringify(details)));
    const login = begin(wanted, running);
    await polled(1);
    bench.sandbox.expireAccessTokens();
    await polled(4);
    await signInAsViewer(url);
    await login;
    assert.ok(
      texts.some((text) => text.includes('accessToken')),
      'a sealed token is in it',
    );
    for (const secret of [...bench.sandbox.secrets(), device.ip]) {
      assert.ok(texts.every((text) => !text.includes(secret)));
    }
  });

  it('renews a token that is about to expire, once, and hands it over [REG-06] [DCR-03] [REG-05]', async () => {
    const { wanted, url } = waiting;
    const token = await open(bench.keys, device.accessToken, FOR_TOKEN);
    const ending = { ...token, expiresAt: Date.now() + 60_000 + 2.5 * INTERVAL_MS };
    const login = begin({ ...wanted, accessToken: await seal(bench.keys, ending, FOR_TOKEN) });
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

  it('goes on with a renewed token on another worker', async () => {
    const { wanted, url } = waiting;
    const renewed = await seal(
      bench.keys,
      await open(bench.keys, device.accessToken, FOR_TOKEN),
      FOR_TOKEN,
    );
    const spent = await seal(
      bench.keys,
      { value: 'spent', expiresAt: Date.now() + 3_600_000 },
      FOR_TOKEN,
    );
    await signInAsViewer(url);
    const before = requests('token').length;
    const heartbeatDetails = { nextPollAt: 0, polls: 7, failedPolls: 2, accessToken: renewed };
    const login = await begin({ ...wanted, accessToken: spent }, environment({ heartbeatDetails }));
    assert.deepEqual([login.outcome, login.polls, login.failedPolls], ['signed-in', 8, 2]);
    assert.equal(requests('token').length, before);
    assert.equal(login.accessToken?.sealed, renewed, 'and hands it over in the end');
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
    const { wanted } = waiting;
    bench.sandbox.faults.set({ operation: 'profileByCode', kind: 'status', status: 500, times: 9 });
    const login = begin({ ...wanted, notAfter: Date.now() + 3.5 * INTERVAL_MS });
    const { calls } = await login;
    const [call] = calls;
    assert.equal(call?.operation, 'profileByCode');
    assert.deepEqual([call?.status, call?.code], [500, 'server_error']);
  });
});
