import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import * as oauth from 'openid-client';
import type { ViewerTokens } from '../../src/client.ts';
import { type PlatformTokenWanted, signInAsViewer } from '../../src/sandbox/index.ts';
import { eventually, FACTS, freshIp, type Stack } from '../support/stack.ts';
import { type Farm, signIn as viewerSignsIn, startFarm } from '../gateway/support.ts';
import { answersOf, asPending, newTv, signIn, untilStatus } from '../workflows/support.ts';

const TOKEN = 'adobe-subject-token';
const NORTH = { id: 'NorthCable' };
const LISTED = [
  'createSession',
  'profiles',
  'profileByMvpd',
  'preauthorize',
  'authorize',
  'logout',
];

describe('F15 Platform identity SSO: Amazon', () => {
  let farm: Farm;
  let stack: Stack;
  before(async function () {
    this.timeout(300_000);
    farm = await startFarm();
    ({ stack } = farm);
    const demo = stack.apps.get('demo');
    assert.ok(demo);
    stack.apps.set('city', { ...demo, serviceProvider: 'CITYTV' });
    stack.apps.set('alone', { ...demo, noSingleSignOn: [NORTH.id] });
  });
  after(() => farm.stop());
  afterEach(() => stack.sandbox.faults.clear());
  const { answer } = answersOf(() => stack);

  /** One viewer of Amazon, with a fresh token each time, as its library gives them. */
  const viewer = () => {
    const subject = randomUUID();
    const subjectToken = (wanted: Partial<PlatformTokenWanted> = {}) =>
      stack.sandbox.platformToken({ platform: 'amazon', subject, ...wanted });
    const tv = (viewerTokens: ViewerTokens | undefined, app = 'demo') =>
      newTv(stack, { app, ...(viewerTokens ? { viewerTokens } : {}) });
    return {
      subjectToken,
      tv: (app?: string) => tv({ subjectToken: subjectToken() }, app),
      tvWith: tv,
    };
  };
  /** The same TV, whose next requests bring something else. */
  const again = ({ options: { id } }: ReturnType<typeof newTv>, viewerTokens?: ViewerTokens) =>
    newTv(stack, { id, ...(viewerTokens ? { viewerTokens } : {}) });
  const typeOf = async ({ tv }: ReturnType<typeof newTv>) => {
    const { standing } = await tv.view();
    return standing.status === 'signed-in' ? standing.profile.type : standing.status;
  };

  it('3: the first app signs in as ever, and sends the token where Adobe lists it [SSO-02] [ATN-19]', async () => {
    const first = viewer().tv();
    await signIn(first.tv);
    assert.equal(await typeOf(first), 'regular');
    await first.tv.preauthorize(['REF30']);
    assert.equal((await first.tv.authorize('REF30')).status, 'permitted');
    await first.tv.logout();
    const requests = stack.sandbox.requests.filter(({ ip }) => ip === first.options.ip);
    const bearers = requests.filter(({ headers }) => headers[TOKEN] !== undefined);
    const asked = requests.filter(({ operation }) => LISTED.includes(operation));
    assert.deepEqual(bearers, asked);
    assert.ok(asked.length >= 5 && requests.every(({ status }) => status < 400));
  });

  it('4: another app of the viewer is signed in without a code, and its decisions are permitted [ATN-19]', async () => {
    const { tv } = viewer();
    const first = tv();
    await signIn(first.tv);
    const second = tv('city');
    const standing = await second.tv.authenticate();
    assert.ok(standing.status === 'signed-in');
    assert.deepEqual([standing.profile.type, standing.profile.mvpd.id], ['platformSSO', NORTH.id]);
    assert.deepEqual(second.sent('createSession'), []);
    assert.equal((await second.tv.authorize('CITYTV')).status, 'permitted');
    const [decision] = await second.tv.preauthorize(['CITYTV']);
    assert.ok(decision?.authorized);
    // By the provider too, as who chose it or remembers it asks.
    const third = tv('city');
    assert.equal((await third.tv.authenticate({ mvpd: NORTH })).status, 'signed-in');
    assert.equal(third.sent('profileByMvpd').length, 1);
  });

  it('3, 4, 6: by OAuth clients, two TVs share a sign-in, and one without a token is told what to do', async () => {
    const { subjectToken } = viewer();
    let bringsToken = true;
    const client = async () => {
      const config = await oauth.dynamicClientRegistration(
        new URL(farm.url),
        { software_statement: farm.statement, device: { ...FACTS } },
        undefined,
        { algorithm: 'oauth2', execute: [oauth.allowInsecureRequests] },
      );
      oauth.allowInsecureRequests(config);
      const own = () => (bringsToken ? { [TOKEN]: subjectToken() } : {});
      config[oauth.customFetch] = async (url, { headers, ...options }) =>
        fetch(url, { ...options, headers: { ...headers, ...own() } } as RequestInit);
      return config;
    };
    const [first, second] = [await client(), await client()];
    const shown = await oauth.initiateDeviceAuthorization(first, {});
    await viewerSignsIn(farm, shown.user_code);
    await oauth.pollDeviceAuthorizationGrant(first, shown);
    const known = await oauth.initiateDeviceAuthorization(second, {});
    assert.equal(known.user_code, 'SIGNED-IN');
    const tokens = await oauth.pollDeviceAuthorizationGrant(second, known);
    const play = async () => {
      const url = new URL('/v1/authorize', farm.url);
      const body = JSON.stringify({ resource: 'REF30' });
      const headers = new Headers({ 'content-type': 'application/json' });
      const { access_token: token } = tokens;
      const answer = await oauth.fetchProtectedResource(second, token, url, 'POST', body, headers);
      return (await answer.json()) as Record<string, string>;
    };
    assert.equal((await play())['status'], 'permitted');

    bringsToken = false;
    const { status, code, action } = await play();
    const missing = 'authenticated_profile_missing';
    assert.deepEqual([status, code, action], ['denied', missing, 'authentication']);
    await assert.rejects(oauth.refreshTokenGrant(second, tokens.refresh_token ?? ''), {
      error: 'invalid_grant',
    });
    const anew = await oauth.initiateDeviceAuthorization(second, {});
    assert.notEqual(anew.user_code, 'SIGNED-IN');
    bringsToken = true;
    const again = await oauth.initiateDeviceAuthorization(second, {});
    assert.equal(again.user_code, 'SIGNED-IN', 'the code is spared by the next token');
  });

  it('4: with no profile to share the second app shows a code', async () => {
    const { tv } = viewer();
    assert.equal((await tv('city').tv.authenticate()).status, 'pending');
    await signIn(viewer().tv().tv);
    assert.equal((await tv('city').tv.authenticate()).status, 'pending', 'another viewer');
  });

  it('4: a code that is shown already is spared by a login in another app', async () => {
    const { tv } = viewer();
    const second = tv();
    const { code } = asPending(await second.tv.authenticate());
    assert.equal(asPending(await second.tv.authenticate()).code, code);
    await signIn(tv().tv);
    assert.equal((await second.tv.authenticate()).status, 'signed-in');
    assert.equal(second.sent('createSession').length, 1);
  });

  it('5: a session that answers authenticatedSSO signs in at once', async () => {
    const { tv } = viewer();
    await signIn(tv().tv);
    const second = tv('city');
    answer(second, 'profileByMvpd', { kind: 'body', body: '{"profiles":{}}', times: 1 });
    const standing = await second.tv.authenticate({ mvpd: NORTH });
    assert.ok(standing.status === 'signed-in' && standing.profile.type === 'platformSSO');
    assert.equal(second.sent('createSession').length, 1);
  });

  it('5: so does one that names no provider', async () => {
    const { tv } = viewer();
    await signIn(tv().tv);
    const second = tv('city');
    answer(second, 'profiles', { kind: 'body', body: '{"profiles":{}}', times: 1 });
    const session = {
      actionName: 'authorize',
      actionType: 'direct',
      reasonType: 'authenticatedSSO',
    };
    answer(second, 'createSession', { kind: 'body', body: JSON.stringify(session), times: 1 });
    const standing = await second.tv.authenticate();
    assert.ok(standing.status === 'signed-in' && standing.profile.type === 'platformSSO');
    assert.equal(second.sent('createSession').length, 1);
  });

  describe('1, 6: without a token that counts', () => {
    it('the viewer signs in with a code, and sees no error [SSO-02]', async () => {
      const { tvWith, tv, subjectToken } = viewer();
      await signIn(tv().tv);
      const over = { expiresInMs: -120_000 };
      const none: Record<string, ViewerTokens | undefined> = {
        'no library': undefined,
        'nothing from the library': { subjectToken: '' },
        'no token': { subjectToken: 'not.a token' },
        'of somebody else': { subjectToken: subjectToken({ broken: true }) },
        'encrypted by somebody else': { subjectToken: subjectToken({ broken: true, form: 'jwe' }) },
        'over, signed': { subjectToken: subjectToken(over) },
        'over, encrypted': { subjectToken: subjectToken({ ...over, form: 'jwe' }) },
        'of another platform': { rokuConnectToken: subjectToken() },
      };
      for (const [what, tokens] of Object.entries(none)) {
        const second = tvWith(tokens);
        assert.equal((await second.tv.authenticate()).status, 'pending', what);
        const requests = second.sent('profiles', 'createSession');
        assert.ok(requests.every(({ status }) => status === 200));
      }
    });

    it('nothing is sent that can be seen to be none, and what can not is for Adobe to judge', async () => {
      const { tvWith, subjectToken } = viewer();
      const sends = async (token: string) => {
        const { tv, sent } = tvWith({ subjectToken: token });
        await tv.authenticate();
        return sent('createSession').every(({ headers }) => headers[TOKEN] === token);
      };
      assert.equal(await sends(subjectToken({ expiresInMs: -120_000 })), false);
      assert.equal(await sends('a.b'), false);
      assert.equal(await sends(subjectToken({ expiresInMs: -120_000, form: 'jwe' })), true);
      assert.equal(await sends(subjectToken({ form: 'jwe' })), true);
    });

    it('a shared sign-in leads to one answer, to a code, and back with the next token', async () => {
      const { tv, subjectToken } = viewer();
      await signIn(tv().tv);
      const second = tv();
      await second.tv.authenticate();
      const without = again(second);
      const play = await without.tv.authorize('REF30');
      assert.ok(play.status === 'denied');
      assert.deepEqual(
        [play.code, play.action],
        ['authenticated_profile_missing', 'authentication'],
      );
      const { standing } = await without.tv.view();
      assert.ok(standing.status === 'signed-out' && standing.reason === 'sign-in-required');
      assert.equal((await without.tv.authenticate()).status, 'pending');
      const back = again(second, { subjectToken: subjectToken() });
      const found = await back.tv.authenticate({ restart: true });
      assert.ok(found.status === 'signed-in' && found.profile.type === 'platformSSO');
    });
  });

  it('a profile that Adobe shows but refuses leads to a login of the device’s own', async () => {
    const { tv } = viewer();
    const first = tv();
    await signIn(first.tv);
    const second = tv();
    await second.tv.authenticate();
    answer(second, 'authorize', { kind: 'error', code: 'authenticated_profile_invalidated' });
    assert.equal((await second.tv.authorize('REF30')).status, 'denied');
    stack.sandbox.faults.clear();
    const { url } = asPending(await second.tv.authenticate({ mvpd: NORTH }));
    asPending(await second.tv.authenticate({ mvpd: NORTH }));
    assert.deepEqual(second.sent('logout'), [], 'nobody asked to sign out');
    await signInAsViewer(url ?? '');
    await second.tv.browserReturned();
    await untilStatus(second.tv, 'signed-in');
    assert.equal(await typeOf(second), 'regular');
    assert.equal((await first.tv.authorize('REF30')).status, 'permitted');
  });

  it('a profile of its own that Adobe refuses is ended without a word about those of others', async () => {
    const { tv, tvWith, subjectToken } = viewer();
    const [first, other] = [tvWith(undefined), tv()];
    await signIn(first.tv);
    await signIn(other.tv);
    const now = again(first, { subjectToken: subjectToken() });
    answer(now, 'authorize', { kind: 'error', code: 'authenticated_profile_invalidated' });
    await now.tv.authorize('REF30');
    asPending(await now.tv.authenticate({ mvpd: NORTH }));
    assert.equal(now.sent('logout').length, 1);
    assert.equal((await other.tv.authorize('REF30')).status, 'permitted');
  });

  it('a session that nobody asks for now has the last token, while it may hold', async () => {
    const { tvWith, subjectToken } = viewer();
    const renewed = async (expiresInMs: number) => {
      const token = subjectToken({ expiresInMs });
      const { tv, sent, options } = tvWith({ subjectToken: token });
      const { code } = asPending(await tv.authenticate());
      const { exp } = JSON.parse(
        Buffer.from(token.split('.')[1] ?? '', 'base64url').toString(),
      ) as { exp: number };
      // Clocks may differ by a minute.
      const over = exp * 1000 + 60_000 - Date.now();
      if (over < 5_000) await new Promise((resolve) => setTimeout(resolve, over + 10));
      const phone = stack.pass.secondScreen(code, { app: stack.activation, ip: options.ip });
      await (await phone.look())?.tv.replaceCode();
      await eventually(() => sent('createSession').length === 2, 'a new code');
      return sent('createSession')[1]?.headers[TOKEN] === token;
    };
    assert.deepEqual(await Promise.all([3_600_000, -58_500].map(renewed)), [true, false]);
  });

  it('a login that was declined is ended, and what other apps share is not', async () => {
    const { tv } = viewer();
    const [first, second] = [tv(), tv()];
    const { code } = asPending(await second.tv.authenticate());
    const phone = stack.pass.secondScreen(code, { app: stack.activation, ip: freshIp() });
    await (await phone.look())?.tv.decline();
    await signIn(first.tv);
    await second.tv.authenticate();
    assert.deepEqual(second.sent('logout'), []);
    assert.equal((await first.tv.authorize('REF30')).status, 'permitted');
  });

  it('providers that want a login for each app get nothing of it', async () => {
    const { tv } = viewer();
    await signIn(tv().tv);
    const alone = tv('alone');
    const standing = await alone.tv.authenticate();
    assert.equal(standing.status, 'pending', 'not by what the call for all shows either');
    asPending(await alone.tv.authenticate({ mvpd: NORTH }));
    const [forNobody, forNorth] = alone.sent('createSession');
    assert.ok(forNobody?.headers[TOKEN] && !forNorth?.headers[TOKEN]);
    asPending(await alone.tv.authenticate({ mvpd: { id: 'SkyDish' } }));
    assert.ok(alone.sent('createSession').at(-1)?.headers[TOKEN]);
    const own = tv('alone');
    await signIn(own.tv);
    await own.tv.authorize('REF30');
    await own.tv.preauthorize(['REF30']);
    const decisions = [...own.sent('authorize'), ...own.sent('preauthorize')];
    assert.deepEqual(
      decisions.map(({ headers }) => TOKEN in headers),
      [false, false],
    );
  });

  it('F18: signing out in one app signs out all, and a login in any of them is seen by the others again', async () => {
    const { tv } = viewer();
    const [first, second] = [tv(), tv('city')];
    await signIn(first.tv);
    const longAgo = { notBefore: Date.now() - 3_600_000, notAfter: Date.now() + 86_400_000 };
    const old = { ...longAgo, type: 'platformSSO', issuer: NORTH.id, attributes: {} };
    const body = JSON.stringify({ profiles: { [NORTH.id]: old } });
    answer(second, 'profiles', { kind: 'body', body, times: 1 });
    await second.tv.authenticate();
    const { actions } = await second.tv.logout();
    assert.deepEqual(
      actions.map(({ actionName }) => actionName),
      ['logout'],
    );
    const play = await first.tv.authorize('REF30');
    assert.ok(play.status === 'denied' && play.code === 'authenticated_profile_missing');
    await signIn(first.tv);
    const back = await second.tv.authenticate();
    assert.ok(back.status === 'signed-in' && back.profile.type === 'platformSSO');
  });
});
