import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import * as oauth from 'openid-client';
import { type Farm, pollUntilDone, signIn, startFarm, Tv } from '../gateway/support.ts';
import { eventually, FACTS, startStack } from '../support/stack.ts';
import {
  asPending,
  errorOf,
  newTv,
  signIn as signInOn,
  untilStatus,
} from '../workflows/support.ts';

const CONNECT = 'x-roku-reserved-roku-connect-token';
const SUBSCRIBER = 'x-roku-subscriber-id';

describe('F16 Platform identity SSO: Roku', () => {
  let farm: Farm;
  before(async function () {
    this.timeout(300_000);
    farm = await startFarm();
  });
  after(() => farm.stop());

  /** What RokuOS and the app add to each request of a TV of this account. */
  const roku = (subscriberId = `sub-${randomUUID()}`) => ({
    [CONNECT]: farm.stack.sandbox.platformToken({ platform: 'roku', subject: subscriberId }),
    [SUBSCRIBER]: subscriberId,
  });
  const requestsOf = (ip: string) => farm.stack.sandbox.requests.filter((one) => one.ip === ip);
  const identifiersOf = (ip: string) => {
    const own = requestsOf(ip).flatMap(
      ({ headers, operation }) =>
        (operation === 'configuration' ? undefined : headers['ap-device-identifier']) ?? [],
    );
    return new Set(own.map((one) => Buffer.from(one.split(' ')[1] ?? '', 'base64').toString()));
  };
  const tokenOf = async (tv: Tv, deviceCode: unknown) => {
    const { status, body } = await pollUntilDone(tv, deviceCode);
    assert.equal(status, 200, JSON.stringify(body));
    return String(body['access_token']);
  };

  it('2: by an OAuth client, the headers of RokuOS reach Adobe where it lists them, and the account is the device [SSO-03] [ATN-19]', async () => {
    const headers = roku();
    const ip = new Tv(farm).ip;
    const config = await oauth.dynamicClientRegistration(
      new URL(farm.url),
      { software_statement: farm.statement, device: { ...FACTS } },
      undefined,
      { algorithm: 'oauth2', execute: [oauth.allowInsecureRequests] },
    );
    config[oauth.customFetch] = async (url, options) =>
      fetch(url, {
        ...options,
        headers: { ...options.headers, ...headers, 'x-forwarded-for': ip },
      } as RequestInit);
    oauth.allowInsecureRequests(config);
    const shown = await oauth.initiateDeviceAuthorization(config, {});
    await signIn(farm, shown.user_code);
    const { access_token: token } = await oauth.pollDeviceAuthorizationGrant(config, shown);
    const tv = new Tv(farm);
    const ask = (path: string, json: object) =>
      tv.send(path, { token, json, headers: { ...headers, 'x-forwarded-for': ip } });
    assert.equal((await ask('/v1/authorize', { resource: 'REF30' })).body['status'], 'permitted');
    await ask('/v1/preauthorize', { resources: ['REF30'] });
    assert.equal((await ask('/v1/logout', {})).status, 200);

    assert.deepEqual([...identifiersOf(ip)], [headers[SUBSCRIBER]], 'as it is');
    const bearers = requestsOf(ip).filter((one) => one.headers[CONNECT] === headers[CONNECT]);
    const operations = new Set(bearers.map(({ operation }) => operation));
    const listed = ['profiles', 'createSession', 'authorize', 'preauthorize', 'logout'];
    assert.deepEqual(operations, new Set(listed));
  });

  it('3: another app of the account is signed in without a code, for as long as the first [SSO-03] [ATN-19]', async () => {
    const account = `sub-${randomUUID()}`;
    const first = await Tv.registered(farm);
    const { body: shown } = await first.authorize({}, farm.url, roku(account));
    await signIn(farm, shown['user_code']);
    const sessionOf = async (tv: Tv, deviceCode: unknown) => {
      const token = await tokenOf(tv, deviceCode);
      return { token, ...(await tv.send('/v1/session', { token })).body };
    };
    const own: Record<string, unknown> = await sessionOf(first, shown['device_code']);

    const second = await Tv.registered(farm);
    const { body: known } = await second.authorize({}, farm.url, roku(account));
    assert.equal(known['user_code'], 'SIGNED-IN');
    const shared: Record<string, unknown> = await sessionOf(second, known['device_code']);
    assert.deepEqual([own['type'], shared['type']], ['regular', 'platformSSO']);
    const ends = [own, shared].map(({ expiresAt }) => Date.parse(String(expiresAt)));
    assert.ok(Math.abs((ends[0] ?? 0) - (ends[1] ?? NaN)) < 2_000, String(ends));
    const play = (headers: Record<string, string>) =>
      second.send('/v1/authorize', {
        token: String(shared['token']),
        json: { resource: 'REF30' },
        headers,
      });
    assert.equal((await play(roku(account))).body['status'], 'permitted');

    // The logo comes from the list of providers, for no picker was shown (F16 4).
    const { body } = await second.send('/v1/mvpds', { token: String(shared['token']) });
    const { id } = shared['mvpd'] as { id: string };
    const found = (body['mvpds'] as { id: string; logoUrl?: string }[]).find(
      (one) => one.id === id,
    );
    assert.ok(found?.logoUrl);
  });

  it('3: a code that is shown is spared by a login in another app, and by nothing else', async () => {
    const account = `sub-${randomUUID()}`;
    const [first, second] = [await Tv.registered(farm), await Tv.registered(farm)];
    const code = async (tv: Tv) =>
      (await tv.authorize({}, farm.url, roku(account))).body['user_code'];
    const waiting = await code(second);
    assert.equal(await code(second), waiting);
    await signIn(farm, await code(first));
    const { body } = await first.authorize({}, farm.url, roku(account));
    await tokenOf(first, body['device_code']);
    assert.equal(await code(second), 'SIGNED-IN');
  });

  it('1: with it switched off, or with a broken token, the viewer signs in with a code', async () => {
    const account = `sub-${randomUUID()}`;
    const first = await Tv.registered(farm);
    const { body: shown } = await first.authorize({}, farm.url, roku(account));
    await signIn(farm, shown['user_code']);
    await tokenOf(first, shown['device_code']);
    const broken = ['', 'x', 'a.b', 'a.b.c.d', `${'x'.repeat(7_000)}.b.c`, 'a.b.c'];
    for (const given of [undefined, ...broken]) {
      const tv = await Tv.registered(farm);
      const headers = {
        [SUBSCRIBER]: account,
        ...(given === undefined ? {} : { [CONNECT]: given }),
      };
      const { status, body } = await tv.authorize({}, farm.url, headers);
      assert.deepEqual([status, body['user_code'] === 'SIGNED-IN'], [200, false], given);
    }
  });

  describe('the account', () => {
    const tvOf = (subscriberId?: string, id: string = randomUUID()) =>
      newTv(farm.stack, {
        id,
        ...(subscriberId === undefined ? {} : { rokuSubscriberId: subscriberId }),
      });
    const again = ({ options: { id } }: ReturnType<typeof newTv>, subscriberId?: string) =>
      tvOf(subscriberId, id);

    it('is kept by the TV: requests that do not name it speak for it too', async () => {
      const account = `sub-${randomUUID()}`;
      const tv = tvOf(account);
      await signInOn(tv.tv);
      const later = again(tv);
      assert.equal((await later.tv.authorize('REF30')).status, 'permitted');
      assert.deepEqual([...identifiersOf(later.options.ip)], [account]);
    });

    it('that is another now ends the sign-in with one answer, and begins anew', async () => {
      const [before, after] = [`sub-${randomUUID()}`, `sub-${randomUUID()}`];
      const tv = tvOf(before);
      await signInOn(tv.tv);
      const sold = again(tv, after);
      const { standing: seen } = await sold.tv.view();
      assert.ok(seen.status === 'signed-out' && seen.reason === 'account-changed', 'at a look too');
      assert.equal((await errorOf(sold.tv.userMetadata())).code, 'not_signed_in');
      assert.equal((await again(tv, before).tv.view()).standing.status, 'signed-in', 'until then');
      const error = await errorOf(sold.tv.authorize('REF30'));
      assert.deepEqual([error.code, error.action], ['not_signed_in', 'authentication']);
      const { standing } = await sold.tv.view();
      assert.ok(standing.status === 'signed-out');
      assert.deepEqual([standing.reason, standing.mvpd], ['account-changed', undefined]);
      assert.deepEqual(identifiersOf(sold.options.ip), new Set(), 'Adobe was asked nothing');
      await signInOn(sold.tv);
      assert.deepEqual([...identifiersOf(sold.options.ip)], [after]);

      const back = again(tv, before);
      const found = await back.tv.authenticate();
      assert.equal(found.status, 'signed-in', 'the sign-in of the first account is still there');
    });

    it('that is another now ends a code that waits', async () => {
      const tv = tvOf(`sub-${randomUUID()}`);
      const { code } = asPending(await tv.tv.authenticate());
      const after = `sub-${randomUUID()}`;
      const sold = again(tv, after);
      assert.notEqual(asPending(await sold.tv.authenticate()).code, code);
      assert.deepEqual([...identifiersOf(sold.options.ip)], [after]);
      assert.deepEqual(await sold.tv.logout().catch(() => 'waits'), 'waits');
    });

    it('that is another now is shown another code by the gateway, too', async () => {
      const tv = await Tv.registered(farm);
      const shown = async (subscriberId: string) => {
        const { body } = await tv.authorize({}, undefined, { [SUBSCRIBER]: subscriberId });
        return body['user_code'];
      };
      const first = await shown('sub-before');
      assert.equal(await shown('sub-before'), first);
      assert.notEqual(await shown('sub-after'), first);
    });

    it('is the device in polls too, where Adobe wants its headers everywhere', async () => {
      const stack = await startStack({
        sandbox: { throttle: false, deviceHeadersEverywhere: 'require' },
        adobePass: { deviceHeadersEverywhere: true },
      });
      try {
        const account = `sub-${randomUUID()}`;
        const { tv, sent } = newTv(stack, { rokuSubscriberId: account });
        const { code } = asPending(await tv.authenticate());
        await tv.resume({ code, mvpd: { id: 'NorthCable' } });
        await eventually(() => sent('profileByCode').length > 0, 'a poll');
        const id = `fingerprint ${Buffer.from(account).toString('base64')}`;
        const asked = sent('createSession', 'resumeSession', 'profileByCode');
        const others = asked.filter(({ headers }) => headers['ap-device-identifier'] !== id);
        assert.deepEqual(others, []);
        assert.equal(new Set(asked.map(({ operation }) => operation)).size, 3);
      } finally {
        await stack.stop();
      }
    });

    it('that an app tells only later signs nobody out, and counts from the next sign-in', async () => {
      const tv = tvOf();
      await signInOn(tv.tv);
      const account = `sub-${randomUUID()}`;
      const updated = again(tv, account);
      assert.equal((await updated.tv.authorize('REF30')).status, 'permitted');
      await updated.tv.logout();
      await untilStatus(updated.tv, 'signed-out');
      const [hash] = identifiersOf(updated.options.ip);
      assert.match(hash ?? '', /^[0-9a-f]{64}$/);
      const next = again(tv, account);
      await next.tv.authenticate();
      assert.deepEqual([...identifiersOf(next.options.ip)], [account]);
    });

    it('of a wrong form is a bad request, for a TV is known by it for good', async () => {
      for (const id of ['', 'has a blank', 'x'.repeat(201)]) {
        assert.throws(() => tvOf(id), { code: 'invalid_request' });
      }
      const tv = await Tv.registered(farm);
      const bad = await tv.authorize({}, farm.url, { [SUBSCRIBER]: 'x'.repeat(201) });
      assert.equal(bad.status, 400);
      assert.match(String(bad.body['error_description']), /^X-Roku-Subscriber-Id can't be used: /);
    });
  });

  it('the headers are in the API’s description, at the operations that take them', async () => {
    const { body } = await new Tv(farm).send('/openapi.json');
    const paths = body['paths'] as Record<
      string,
      Record<string, { parameters?: { name: string; in: string }[] }>
    >;
    const taking = Object.entries(paths).filter(([, operations]) =>
      Object.values(operations).some(({ parameters = [] }) =>
        parameters.some((one) => one.in === 'header' && one.name === CONNECT),
      ),
    );
    const decisions = ['/v1/preauthorize', '/v1/authorize', '/v1/logout'];
    const partner = ['/v1/partner/apple/sign-in', '/v1/partner/apple/response'];
    const signIns = ['/oauth/device_authorization', '/v1/authenticate', '/v1/profiles', ...partner];
    const all = [...signIns, ...decisions];
    assert.deepEqual(new Set(taking.map(([path]) => path)), new Set(all));
  });
});
