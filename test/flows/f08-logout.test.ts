import assert from 'node:assert/strict';
import { type Fault, signInAsViewer } from '../../src/sandbox/index.ts';
import type { Stack } from '../support/stack.ts';
import { type Farm, signIn as signInByPhone, startFarm } from '../gateway/support.ts';
import {
  answersOf,
  fulfilled,
  newTv,
  showCode,
  signIn,
  together,
  untilStatus,
} from '../workflows/support.ts';
import { OAuthTv } from './oauth-tv.ts';

describe('F8 Logout', () => {
  let farm: Farm;
  let stack: Stack;
  before(async function () {
    this.timeout(300_000);
    farm = await startFarm();
    ({ stack } = farm);
  });
  after(() => farm.stop());
  const { answerBody } = answersOf(() => stack);

  it('gives the page to open where the MVPD has one [LO-01] [LO-02] [LO-03] [S2S-32] [TST-10]', async () => {
    const { tv, sent } = newTv(stack);
    await signIn(tv);
    const { status, actions } = await tv.logout({ redirectUrl: 'https://example.com/bye' });
    assert.equal(status, 'signed-out');
    const [action, ...more] = actions;
    assert.equal(more.length, 0);
    assert.deepEqual(
      [action?.mvpd, action?.actionName, action?.actionType],
      ['NorthCable', 'logout', 'interactive'],
    );
    assert.match(action?.url ?? '', /^http/);
    assert.match(sent('logout')[0]?.path ?? '', /redirectUrl=https%3A%2F%2Fexample.com%2Fbye$/);
  });

  it('is complete with the call where the MVPD has no page [S2S-33]', async () => {
    const { tv } = newTv(stack);
    await signIn(tv, { mvpd: 'SkyDish' });
    const { actions } = await tv.logout();
    assert.deepEqual(
      actions.map(({ mvpd, actionName, actionType, url }) => [mvpd, actionName, actionType, url]),
      [['SkyDish', 'complete', 'none', undefined]],
    );
  });

  it('is left to the system where a partner signed the viewer in: nothing is opened [LO-04]', async () => {
    const device = newTv(stack);
    await signIn(device.tv);
    const action = { actionName: 'partner_logout', actionType: 'partner_interactive' };
    answerBody(device, 'logout', { logouts: { NorthCable: action } });
    const { actions } = await device.tv.logout();
    assert.deepEqual(actions, [{ mvpd: 'NorthCable', ...action }]);
  });

  it('is done where Adobe knows of nothing to sign out', async () => {
    const device = newTv(stack);
    await signIn(device.tv);
    const action = { actionName: 'invalid', actionType: 'none' };
    answerBody(device, 'logout', { logouts: { NorthCable: action } });
    const { status, actions, problem } = await device.tv.logout();
    assert.deepEqual([status, actions], ['signed-out', [{ mvpd: 'NorthCable', ...action }]]);
    assert.equal(problem, undefined);
  });

  it('repeated, has nothing left to do [LO-05]', async () => {
    const { tv, sent } = newTv(stack);
    await signIn(tv);
    await tv.logout();
    assert.deepEqual(await tv.logout(), { status: 'signed-out', actions: [] });
    assert.equal(sent('logout').length, 1);
  });

  it('keeps the registration and the provider, and forgets the viewer [CFG-05] [CFG-06] [CFG-07] [S2S-34]', async () => {
    const { tv, sent } = newTv(stack);
    const mvpd = { id: 'NorthCable', displayName: 'North', logoUrl: 'https://example.com/n.svg' };
    const { url } = await showCode(tv, { mvpd });
    await signInAsViewer(url);
    await tv.browserReturned();
    await untilStatus(tv, 'signed-in');
    await tv.logout();
    const { standing } = await tv.view();
    assert.ok(standing.status === 'signed-out' && standing.reason === 'logout');
    assert.deepEqual(standing.mvpd, mvpd);
    assert.ok(!JSON.stringify(standing).includes('attributes'));

    // The viewer only confirms the provider: no list of them is fetched [CFG-01..04].
    await showCode(tv, { mvpd: standing.mvpd ?? mvpd });
    assert.equal(sent('register').length, 1);
    assert.ok(!stack.sandbox.requests.some(({ operation }) => operation === 'configuration'));
  });

  const failures: [what: string, fault: Partial<Fault> & Pick<Fault, 'kind'>, code: string][] = [
    ['an integration that is gone', { kind: 'error', code: 'invalid_integration' }, ''],
    ['a profile that is gone', { kind: 'error', code: 'authenticated_profile_missing' }, ''],
    ['nothing but errors', { kind: 'status', status: 500 }, 'server_error'],
    ['a registration that is gone', { kind: 'revoked-client' }, ''],
  ];
  for (const [what, fault, code] of failures) {
    it(`works here also where Adobe answers with ${what}, which is told and shown [LO-01]`, async () => {
      const { tv, options, sent } = newTv(stack);
      await signIn(tv);
      const { ip } = options;
      stack.sandbox.faults.set({ ...fault, operation: 'logout', times: 9, ip });
      const { status, actions, problem } = await tv.logout();
      assert.deepEqual([status, actions], ['signed-out', []]);
      const expected = code || (fault.code ?? 'invalid_access_token_client_application');
      assert.equal(problem?.code, expected);
      assert.ok(problem.message);
      const view = await tv.view();
      assert.equal(view.standing.status, 'signed-out');
      assert.equal(view.lastError?.code, expected);

      // The profile may live on at Adobe: nobody is signed in with it behind their back.
      stack.sandbox.faults.clear();
      assert.equal((await tv.authenticate()).status, 'pending');
      assert.ok(sent('logout').length <= 3);
    });
  }

  const oddities: [what: string, fault: Partial<Fault> & Pick<Fault, 'kind'>][] = [
    ['a redirect', { kind: 'status', status: 302 }],
    ['an empty body', { kind: 'body', body: '' }],
    ['an odd entry', { kind: 'body', body: '{"logouts":{"NorthCable":7}}' }],
  ];
  for (const [what, fault] of oddities) {
    it(`is done where Adobe answers with ${what}, which operators see, and lasts [LO-01]`, async () => {
      const { tv, options } = newTv(stack);
      await signIn(tv);
      stack.sandbox.faults.set({ ...fault, operation: 'logout', ip: options.ip });
      assert.deepEqual(await tv.logout(), { status: 'signed-out', actions: [] });
      assert.equal((await tv.view()).lastError?.code, 'odd_answer');
      // The sandbox has kept the profile.
      assert.equal((await tv.authenticate()).status, 'pending');
    });
  }

  it('comes after an earlier request for another provider: refused, the login goes on', async () => {
    const device = newTv(stack);
    const { tv, sent } = device;
    await signIn(tv);
    const [shown, left] = await together<unknown>(
      stack,
      device,
      () => tv.authenticate({ mvpd: { id: 'SkyDish' } }),
      () => tv.logout(),
    );
    fulfilled(shown);
    assert.ok(left?.status === 'rejected');
    assert.equal((left.reason as { code: string }).code, 'not_signed_in');
    assert.equal((await tv.view()).standing.status, 'pending');
    assert.equal(sent('logout').length, 0);
  });

  it('comes before a later request to sign in, which gets a code', async () => {
    const device = newTv(stack);
    const { tv, operations } = device;
    await signIn(tv);
    const [left, shown] = await together<unknown>(
      stack,
      device,
      () => tv.logout(),
      () => tv.authenticate({ mvpd: { id: 'NorthCable' }, restart: true }),
    );
    assert.deepEqual((fulfilled(left) as { actions: unknown[] }).actions.length, 1);
    fulfilled(shown);
    assert.equal((await tv.view()).standing.status, 'pending');
    assert.deepEqual(operations().slice(-3), ['logout', 'profileByMvpd', 'createSession']);
  });

  it('is the TV’s at the gateway too, which is told what to open, and signed out by it [S2S-32]', async () => {
    const tv = await OAuthTv.registered(farm);
    const shown = await tv.showCode();
    await signInByPhone(farm, shown.user_code);
    const token = await tv.signedIn(shown);
    const { status, actions } = await tv.ask(token, '/v1/logout', {});
    const [left] = actions as Record<string, string>[];
    assert.deepEqual([status, left?.['todo']], ['signed-out', 'open-url']);
    assert.match(left?.['url'] ?? '', /^http/);
    await assert.rejects(tv.ask(token, '/v1/session'));
  });
});
