import assert from 'node:assert/strict';
import { signInAsViewer } from '../../src/sandbox/index.ts';
import { type Stack, startStack } from '../support/stack.ts';
import { errorOf, fulfilled, newTv, signIn, together, untilStatus } from './support.ts';

describe('decisions', () => {
  let stack: Stack;
  before(async function () {
    this.timeout(300_000);
    stack = await startStack({ sandbox: { throttle: false } });
  });
  after(() => stack.stop());

  it('ask Adobe before every play, with a fresh token each [AZ-01] [AZ-03] [TOK-01] [S2S-29]', async () => {
    const { tv, sent } = newTv(stack);
    await signIn(tv);
    await tv.preauthorize(['REF30']);
    const plays = [await tv.authorize('REF30'), await tv.authorize('REF30')];
    const tokens = plays.map((play) => play.status === 'permitted' && play.mediaToken.value);
    assert.ok(tokens.every(Boolean));
    assert.equal(new Set(tokens).size, 2);
    assert.equal(sent('authorize').length, 2);
    assert.deepEqual(sent('authorize')[0]?.body, { resources: ['REF30'] });
  });

  it('for filtering say yes or no, and never let anything play [PRE-01] [PRE-02]', async () => {
    const { tv, sent, options } = newTv(stack);
    await signIn(tv);
    const [likely] = await tv.preauthorize(['REF30']);
    assert.deepEqual(likely, { resource: 'REF30', authorized: true, source: 'mvpd' });
    // The permit above is kept, and yet Adobe's answer to the play is the one that counts.
    const error = { action: 'none', status: 403, code: 'authorization_denied_by_mvpd' };
    const body = JSON.stringify({ decisions: [{ resource: 'REF30', authorized: false, error }] });
    stack.sandbox.faults.set({ operation: 'authorize', kind: 'body', body, ip: options.ip });
    assert.equal((await tv.authorize('REF30')).status, 'denied');
    assert.equal(sent('authorize').length, 1);
  });

  it('that deny are answers: code, message, details and trace [AZ-05] [AZ-08] [PRE-06] [S2S-11]', async () => {
    const { tv, sent } = newTv(stack);
    await signIn(tv);
    const play = await tv.authorize('premium-1');
    assert.ok(play.status === 'denied');
    assert.equal(play.code, 'authorization_denied_by_mvpd');
    assert.equal(play.action, 'none');
    assert.equal(play.mvpd, 'NorthCable');
    assert.ok(play.message && play.trace);
    assert.match(play.details ?? '', /subscription/);

    const [item] = await tv.preauthorize(['parental-1']);
    assert.equal(item?.authorized, false);
    assert.equal(item.error?.code, 'authorization_denied_by_parental_controls');
    assert.ok(item.error.message && item.error.details && item.error.trace);

    const view = await tv.view();
    assert.equal(view.standing.status, 'signed-in');
    assert.equal(view.lastError?.code, 'authorization_denied_by_mvpd');
    assert.equal(view.lastError?.resource, 'premium-1');
    assert.equal(sent('logout').length, 0);
  });

  it('that say retry are asked for again, that item alone [PRE-03] [PRE-04] [EEC-05] [AZ-06]', async () => {
    const { tv, sent } = newTv(stack);
    await signIn(tv);
    const answers = await tv.preauthorize(['REF30', 'flaky-1', 'premium-1']);
    assert.deepEqual(
      answers.map(({ resource, authorized }) => [resource, authorized]),
      [
        ['REF30', true],
        ['flaky-1', true],
        ['premium-1', false],
      ],
    );
    assert.deepEqual(
      sent('preauthorize').map(({ body }) => body),
      [{ resources: ['REF30', 'flaky-1', 'premium-1'] }, { resources: ['flaky-1'] }],
    );
    assert.equal((await tv.authorize('flaky-2')).status, 'permitted');
    assert.equal(sent('authorize').length, 2);
  });

  it('are sent three times at most, failed calls included [EEC-04]', async () => {
    const { tv, sent, options } = newTv(stack);
    await signIn(tv);
    const { ip } = options;
    const error = { action: 'retry', status: 403, code: 'network_connection_failure' };
    const body = JSON.stringify({ decisions: [{ resource: 'REF30', authorized: false, error }] });
    stack.sandbox.faults.set({ operation: 'authorize', kind: 'status', status: 503, ip });
    stack.sandbox.faults.set({ operation: 'authorize', kind: 'body', body, times: 9, ip });
    const play = await tv.authorize('REF30');
    stack.sandbox.faults.clear();
    assert.ok(play.status === 'denied' && play.action === 'retry');
    assert.equal(sent('authorize').length, 3);

    // The other way round too, and what is settled is not asked again.
    stack.sandbox.faults.set({ operation: 'authorize', kind: 'body', body, times: 2, ip });
    stack.sandbox.faults.set({ operation: 'authorize', kind: 'status', status: 503, times: 9, ip });
    assert.equal((await tv.authorize('REF30')).status, 'denied');
    assert.equal(sent('authorize').length, 6);
    stack.sandbox.faults.clear();
    stack.sandbox.faults.set({ operation: 'preauthorize', kind: 'status', status: 503, ip });
    const list = Array.from({ length: 7 }, (_, index) => `channel-${index}`);
    assert.equal((await tv.preauthorize(list)).filter((one) => one.authorized).length, 7);
    const lists = sent('preauthorize').map((one) => (one.body as { resources: [] }).resources);
    assert.deepEqual(
      lists.map(({ length }) => length),
      [5, 5, 2],
    );
  });

  it('on many resources go in lists of five [S2S-28] [S2S-27]', async () => {
    const { tv, sent } = newTv(stack);
    await signIn(tv);
    const resources = Array.from({ length: 12 }, (_, index) => `channel-${index}`);
    const answers = await tv.preauthorize(resources);
    assert.deepEqual(
      answers.map(({ resource }) => resource),
      resources,
    );
    const sizes = sent('preauthorize').map(
      ({ body }) => (body as { resources: [] }).resources.length,
    );
    assert.deepEqual(sizes, [5, 5, 2]);
  });

  it('that permit are kept for filtering, denials are asked anew [PRE-05]', async () => {
    const { tv, sent } = newTv(stack);
    await signIn(tv);
    const first = await tv.preauthorize(['REF30', 'premium-1']);
    const again = await tv.preauthorize(['REF30', 'premium-1']);
    assert.deepEqual(
      again.map(({ resource, authorized }) => [resource, authorized]),
      first.map(({ resource, authorized }) => [resource, authorized]),
    );
    assert.deepEqual(sent('preauthorize').at(-1)?.body, { resources: ['premium-1'] });
    await tv.preauthorize(['REF30'], { refresh: true });
    assert.deepEqual(sent('preauthorize').at(-1)?.body, { resources: ['REF30'] });

    await tv.logout();
    await signIn(tv, { username: 'nosub' });
    const [other] = await tv.preauthorize(['REF30']);
    assert.equal(other?.authorized, false, 'a permit ends with the sign-in it was given to');
  });

  it('that ask for a new sign-in move the phase, and never log out [AZ-05] [ATN-09] [LO-05]', async () => {
    const [asked, listed] = [newTv(stack), newTv(stack)];
    await Promise.all([signIn(asked.tv), signIn(listed.tv)]);
    stack.sandbox.endProfiles();

    const play = await asked.tv.authorize('REF30');
    assert.ok(play.status === 'denied' && play.action === 'authentication');
    assert.equal(play.code, 'authenticated_profile_expired');
    assert.match(play.message, /^Your sign-in has ended\./, 'apps show it to viewers');
    assert.match(play.details ?? '', /authenticated_profile_expired/);
    const error = await errorOf(listed.tv.preauthorize(['REF30']));
    assert.equal(error.action, 'authentication');

    for (const { tv, sent } of [asked, listed]) {
      const { standing } = await untilStatus(tv, 'signed-out');
      assert.ok(standing.status === 'signed-out' && standing.reason === 'sign-in-required');
      assert.equal(standing.mvpd?.id, 'NorthCable');
      assert.equal(sent('logout').length, 0);
    }
    assert.equal((await errorOf(asked.tv.authorize('REF30'))).code, 'not_signed_in');
  });

  it('that come back after the sign-in has ended are not given out', async () => {
    const device = newTv(stack);
    const { tv, sent, options } = device;
    await signIn(tv);
    const { ip } = options;
    // The first ends the sign-in; the second crossed with it, and has a permit.
    const ended = {
      operation: 'authorize',
      kind: 'error',
      code: 'authenticated_profile_expired',
    } as const;
    const token = { serializedToken: 'dG9rZW4=', notBefore: 1, notAfter: Date.now() + 60_000 };
    const body = JSON.stringify({ decisions: [{ resource: 'REF30', authorized: true, token }] });
    stack.sandbox.faults.set({ ...ended, ip });
    stack.sandbox.faults.set({ operation: 'authorize', kind: 'body', body, ip });
    const [denied, late] = await together(
      stack,
      device,
      () => tv.authorize('REF30'),
      () => tv.authorize('REF30'),
    );
    const first = fulfilled(denied);
    assert.ok(first.status === 'denied' && first.action === 'authentication');
    assert.ok(late?.status === 'rejected', 'no token for who has to sign in again');
    assert.equal((late.reason as { code: string }).code, 'not_signed_in');
    assert.equal(sent('authorize').length, 2);
  });
});

describe('a profile that expires', () => {
  let stack: Stack;
  before(async () => {
    stack = await startStack({ sandbox: { profileLifeMs: 2_500 } });
  });
  after(() => stack.stop());

  it('refuses decisions from that moment, remembers the provider, and signs in anew [ATN-08] [ATN-09] [S2S-09]', async () => {
    const { tv, sent } = newTv(stack);
    const mvpd = { id: 'SkyDish', displayName: 'Sky Dish', logoUrl: 'https://example.com/sky.svg' };
    await tv.authenticate({ mvpd: { id: 'NorthCable' } });
    const shown = await tv.authenticate({ mvpd });
    assert.ok(shown.status === 'pending' && shown.url);
    await signInAsViewer(shown.url);
    await tv.browserReturned();
    await untilStatus(tv, 'signed-in');
    assert.equal((await tv.authorize('REF30')).status, 'permitted');

    const { standing } = await untilStatus(tv, 'signed-out');
    assert.ok(standing.status === 'signed-out' && standing.reason === 'profile-expired');
    assert.deepEqual(standing.mvpd, mvpd);
    const asked = sent('authorize').length;
    assert.equal((await errorOf(tv.authorize('REF30'))).action, 'authentication');
    assert.equal(sent('authorize').length, asked);
  });
});
