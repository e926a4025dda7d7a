import assert from 'node:assert/strict';
import { signInAsViewer } from '../../src/sandbox/index.ts';
import { type Farm, signIn as signInByPhone, startFarm } from '../gateway/support.ts';
import { type Stack, startStack } from '../support/stack.ts';
import { errorOf, fulfilled, newTv, signIn, together, untilStatus } from '../workflows/support.ts';
import { OAuthTv } from './oauth-tv.ts';

describe('F7 Authorization', () => {
  let farm: Farm;
  let stack: Stack;
  before(async function () {
    this.timeout(300_000);
    farm = await startFarm();
    ({ stack } = farm);
  });
  after(() => farm.stop());

  it('ask Adobe before every play, with a fresh token each [AZ-01] [AZ-03] [TOK-01] [S2S-29] [TST-08]', async () => {
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

  it('that say retry are asked for again', async () => {
    const { tv, sent } = newTv(stack);
    await signIn(tv);
    assert.equal((await tv.authorize('flaky-2')).status, 'permitted');
    assert.equal(sent('authorize').length, 2);
  });

  it('of the gateway hand the media token to the TV, or why there is none [S2S-11]', async () => {
    const tv = await OAuthTv.registered(farm);
    const shown = await tv.showCode();
    await signInByPhone(farm, shown.user_code);
    const token = await tv.signedIn(shown);
    const play = await tv.ask(token, '/v1/authorize', { resource: 'REF30' });
    assert.equal(play['status'], 'permitted');
    assert.ok((play['mediaToken'] as { value: string }).value.length > 100);
    const denied = await tv.ask(token, '/v1/authorize', { resource: 'premium-1' });
    assert.deepEqual(
      [denied['status'], denied['code']],
      ['denied', 'authorization_denied_by_mvpd'],
    );
    assert.ok(denied['message']);
  });

  it('that deny are answers: code, message, details and trace [AZ-05] [AZ-08] [PRE-06] [S2S-11] [TST-07] [TST-09]', async () => {
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

describe('F7 with a profile that expires', () => {
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
