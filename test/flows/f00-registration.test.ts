import assert from 'node:assert/strict';
import { signInAsViewer } from '../../src/sandbox/index.ts';
import { eventually, type Stack, startStack } from '../support/stack.ts';
import {
  errorOf,
  fulfilled,
  newTv,
  showCode,
  signIn,
  together,
  untilStatus,
  watch,
} from '../workflows/support.ts';

describe('F0 Registration', () => {
  describe('the registration of a device', () => {
    let stack: Stack;
    before(async function () {
      this.timeout(300_000);
      stack = await startStack({ config: { pollIntervalMs: 500 } });
    });
    after(() => stack.stop());

    it('happens once, and its token is used until it expires [REG-03] [REG-04] [REG-05] [S2S-20]', async () => {
      const { tv, sent, operations } = newTv(stack);
      await signIn(tv);
      await tv.authorize('REF30');
      await tv.preauthorize(['REF30']);
      await tv.logout();
      await showCode(tv);
      assert.equal(sent('register').length, 1);
      assert.equal(sent('token').length, 1);
      // Adobe is asked for an existing profile before a session is opened.
      assert.deepEqual(operations().slice(0, 4), [
        'register',
        'token',
        'profileByMvpd',
        'createSession',
      ]);
    });

    it('happens once although first requests come at the same time [REG-03] [REG-05]', async () => {
      const { tv, sent, options } = newTv(stack);
      // So slow that the second request arrives while the first is still being answered.
      stack.sandbox.faults.set({ operation: 'register', kind: 'hang', times: 2, ip: options.ip });
      const shown = await Promise.all([
        tv.authenticate({ mvpd: { id: 'NorthCable' } }),
        tv.authenticate({ mvpd: { id: 'NorthCable' } }),
      ]);
      assert.deepEqual(shown[0], shown[1]);
      assert.equal(sent('register').filter(({ status }) => status === 201).length, 1);
      assert.equal(sent('token').length, 1);
      assert.equal(sent('createSession').length, 1);
    });

    it('is an operator’s where Adobe gives no token for another reason than lost credentials', async () => {
      const { tv, sent, options } = newTv(stack);
      const fault = { operation: 'token', kind: 'error', code: 'unauthorized_client' } as const;
      stack.sandbox.faults.set({ ...fault, ip: options.ip });
      const error = await errorOf(tv.authenticate());
      assert.deepEqual([error.code, error.action], ['unauthorized_client', 'configuration']);
      assert.equal(sent('token').length, 1);
      // The credentials are good: they are asked with again.
      await showCode(tv);
      assert.equal(sent('register').length, 1);
    });

    it('needs a statement with the scope of REST API V2: the error says so [REG-01]', async () => {
      const softwareStatement = stack.sandbox.softwareStatement({ scopes: ['api:client:v1'] });
      const demo = stack.apps.get('demo');
      assert.ok(demo);
      stack.apps.set('older-scope', { ...demo, softwareStatement });
      const { tv, sent } = newTv(stack, { app: 'older-scope' });
      const error = await errorOf(tv.authenticate());
      assert.equal(error.code, 'unapproved_software_statement');
      assert.ok(!error.retryable);
      assert.equal(sent('register').length, 1);
    });

    it('survives a refused token: a new one, and the request once more [REG-07] [DCR-02]', async () => {
      const { tv, sent } = newTv(stack);
      await signIn(tv);
      stack.sandbox.expireAccessTokens();
      assert.equal((await tv.authorize('REF30')).status, 'permitted');
      assert.deepEqual(
        sent('authorize').map(({ status }) => status),
        [401, 200],
      );
      assert.equal(sent('token').length, 2);
      assert.equal(sent('register').length, 1);
    });

    it('repeats a request only once when the new token is refused as well [REG-07]', async () => {
      const { tv, sent, options } = newTv(stack);
      await signIn(tv);
      stack.sandbox.faults.set({
        operation: 'authorize',
        kind: 'expired-token',
        times: 5,
        ip: options.ip,
      });
      const error = await errorOf(tv.authorize('REF30'));
      stack.sandbox.faults.clear();
      assert.equal(error.code, 'access_token_rejected');
      assert.equal(sent('authorize').length, 2);
      assert.equal((await tv.view()).standing.status, 'signed-in');
    });

    it('renews a token that polling finds refused, and the decisions go on with it [REG-07]', async () => {
      const { tv, sent } = newTv(stack);
      const { url } = await showCode(tv);
      stack.sandbox.expireAccessTokens();
      await eventually(() => sent('profileByCode').length >= 2, 'polled again with a new token');
      await signInAsViewer(url);
      await untilStatus(tv, 'signed-in');
      assert.equal((await tv.authorize('REF30')).status, 'permitted');
      assert.equal(sent('token').length, 2);
      assert.equal(sent('register').length, 1);
    });
  });

  describe('an access token that ends soon', () => {
    let stack: Stack;
    before(async () => {
      // A token is renewed in its last minute: this one lasts two seconds longer than that.
      stack = await startStack({ sandbox: { accessTokenLifeMs: 62_000 } });
    });
    after(() => stack.stop());

    it('is renewed before it expires, without a new registration [REG-06] [DCR-02] [DCR-03]', async () => {
      const { tv, sent } = newTv(stack);
      await signIn(tv);
      const [first] = sent('token');
      assert.ok(first);
      await eventually(() => Date.now() > first.at + 2_500, 'its last minute has begun');
      await tv.authorize('REF30');
      assert.equal(sent('token').length, 2);
      assert.equal(sent('register').length, 1);
      assert.ok(sent('authorize').every(({ status }) => status === 200));
    });
  });

  describe('a registration that Adobe no longer knows', () => {
    let stack: Stack;
    before(async () => {
      stack = await startStack({ sandbox: { throttle: false } });
    });
    after(() => stack.stop());

    it('is replaced by the next sign-in, when nobody was signed in [DCR-04]', async () => {
      const { tv, sent } = newTv(stack);
      await signIn(tv);
      await tv.logout();
      stack.sandbox.revokeClients();
      await showCode(tv, { mvpd: { id: 'NorthCable' } });
      assert.equal(sent('register').length, 2);
      assert.equal(sent('createSession').length, 2);
    });

    it('ends the sign-in at the next request, and the viewer signs in anew [DCR-04] [REG-07]', async () => {
      const { tv, sent } = newTv(stack);
      await signIn(tv);
      stack.sandbox.revokeClients();
      const play = await tv.authorize('REF30');
      assert.ok(play.status === 'denied' && play.action === 'authentication');
      assert.equal(play.code, 'invalid_access_token_client_application');
      assert.match(play.message, /^Your sign-in has ended\./);
      const { standing } = await untilStatus(tv, 'signed-out');
      assert.ok(standing.status === 'signed-out' && standing.reason === 'registration-lost');
      assert.equal(standing.mvpd?.id, 'NorthCable');
      await signIn(tv);
      assert.equal(sent('register').length, 2);
      assert.equal((await tv.authorize('REF30')).status, 'permitted');
    });

    it('is replaced, and with it the code, while somebody watches [DCR-04]', async () => {
      const { tv, sent } = newTv(stack);
      const old = await showCode(tv);
      const watching = watch(tv);
      await eventually(() => watching.seen.length === 1, 'the present code');
      stack.sandbox.revokeClients();
      const fresh = await eventually(
        () => watching.seen.find(({ generation }) => generation > old.generation),
        'told of what came next',
      );
      assert.ok(fresh.status === 'pending' && fresh.code !== old.code, JSON.stringify(fresh));
      assert.equal(sent('register').length, 2);
      assert.equal(sent('createSession').length, 2);
      await watching.stop();
    });

    it('is left to the polls by a browser that comes back: then there is a new code [DCR-04]', async () => {
      const { tv, sent } = newTv(stack);
      const old = await showCode(tv);
      const watching = watch(tv);
      await eventually(() => watching.seen.length === 1, 'the present code');
      stack.sandbox.expireAccessTokens();
      stack.sandbox.revokeClients();
      await tv.browserReturned();
      const fresh = await eventually(
        () => watching.seen.find(({ generation }) => generation > old.generation),
        'told of what came next',
      );
      assert.ok(fresh.status === 'pending' && fresh.code !== old.code, JSON.stringify(fresh));
      assert.equal(sent('register').length, 2);
      await watching.stop();
    });

    it('is not replaced for a decision, whose profile is lost with it [DCR-04]', async () => {
      const { tv, sent } = newTv(stack);
      await signIn(tv);
      stack.sandbox.expireAccessTokens();
      stack.sandbox.revokeClients();
      const error = await errorOf(tv.preauthorize(['REF30']));
      assert.equal(error.action, 'authentication');
      assert.equal(sent('register').length, 1);
      assert.ok(sent('preauthorize').length <= 1);
      await untilStatus(tv, 'signed-out');
    });

    it('is lost once for two requests that come with the old one', async () => {
      const device = newTv(stack);
      const { tv, sent, options } = device;
      await signIn(tv);
      const slow = { operation: 'authorize', kind: 'latency', ms: 700, ip: options.ip } as const;
      stack.sandbox.faults.set(slow);
      stack.sandbox.faults.set({ operation: 'authorize', kind: 'revoked-client', ip: options.ip });
      const results = await together<unknown>(
        stack,
        device,
        () => tv.authorize('REF30'),
        () => tv.authenticate({ mvpd: { id: 'SkyDish' } }),
      );
      const [play] = results.map(fulfilled);
      assert.equal((play as { action: string }).action, 'authentication');
      const { standing, registered } = await tv.view();
      assert.equal(standing.status, 'pending');
      assert.ok(registered);
      assert.equal(sent('register').length, 2);
    });
  });
});
