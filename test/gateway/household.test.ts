import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import * as oauth from 'openid-client';
import { ServiceTokens } from '../../src/client.ts';
import { IdentityService, ISSUER } from '../service-tokens/support.ts';
import { eventually, FACTS } from '../support/stack.ts';
import { eventsOf } from './events.ts';
import { type Farm, pollUntilDone, signIn, startFarm, Tv } from './support.ts';

interface ListedTv {
  id: string;
  name?: string;
  isThis: boolean;
  signedIn?: { mvpd: { id: string } };
}

describe('F17 F18 A household at the gateway', () => {
  let farm: Farm;
  let url: string;
  let identity: IdentityService;
  let backend: Awaited<ReturnType<typeof generateKeyPair>>;
  before(async function () {
    this.timeout(300_000);
    identity = await IdentityService.open();
    const { privateKey } = identity;
    const serviceTokens = new ServiceTokens({ issuer: ISSUER, privateKey });
    farm = await startFarm({ serviceTokens });
    identity.register(farm.stack.sandbox);
    backend = await generateKeyPair('ES256', { extractable: true });
    const keys = [await exportJWK(backend.publicKey)];
    const trust = { backends: { [farm.tvApp]: { keys } } };
    await writeFile(farm.env['GATEWAY_STATEMENTS'] ?? '', JSON.stringify(trust));
    ({ url } = await farm.another());
  });
  after(() => farm.stop());

  const vouch = (claims: object) =>
    new SignJWT({ software_id: farm.tvApp, ...claims })
      .setProtectedHeader({ alg: 'ES256' })
      .setIssuedAt()
      .setExpirationTime('10 min')
      .setAudience(farm.env['GATEWAY_ISSUER'] ?? '')
      .sign(backend.privateKey);
  /** A TV that its backend put into a household. */
  const tvOf = async (household: string) => {
    const statement = await vouch({ household, device_id: randomUUID() });
    return Tv.registered({ url, statement });
  };
  const signedIn = async (tv: Tv) => {
    const { body } = await tv.authorize();
    if (body['user_code'] !== 'SIGNED-IN') await signIn({ url }, body['user_code']);
    const { body: tokens } = await pollUntilDone(tv, body['device_code']);
    const { access_token: token } = tokens;
    assert.ok(typeof token === 'string', JSON.stringify(tokens));
    return { tv, token, code: body['user_code'] };
  };
  const list = async (tv: Tv, token: string, headers = {}) => {
    const { status, body } = await tv.send('/v1/household/tvs', { token, headers });
    assert.equal(status, 200, JSON.stringify(body));
    return body['tvs'] as ListedTv[];
  };
  const untilListed = async (tv: Tv, token: string, count: number) =>
    eventually(async () => {
      const tvs = await list(tv, token);
      return tvs.length === count && tvs;
    }, `${count} TVs`);

  it('signs in once, lists, names, and signs out one and all [ATN-19]', async () => {
    const household = `viewer-${randomUUID()}`;
    const first = await signedIn(await tvOf(household));
    const second = await signedIn(await tvOf(household));
    assert.equal(second.code, 'SIGNED-IN', 'without a code');
    const tvs = await untilListed(first.tv, first.token, 2);
    assert.ok(tvs.every((tv) => tv.signedIn?.mvpd.id === 'NorthCable'));
    const other = tvs.find(({ isThis }) => !isThis);
    const path = `/v1/household/tvs/${other?.id}`;
    const named = await first.tv.send(`${path}/name`, {
      token: first.token,
      json: { name: 'Attic' },
    });
    assert.deepEqual(named.body, { id: other?.id, name: 'Attic' });
    const own = (await list(second.tv, second.token)).find(({ isThis }) => isThis);
    assert.deepEqual([own?.id, own?.name], [other?.id, 'Attic']);

    const events = eventsOf(url, second.token);
    await events.next();
    const out = await first.tv.send(`${path}/sign-out`, { token: first.token, json: {} });
    assert.deepEqual([out.status, out.body['status']], [200, 'signed-out']);
    const { value: told } = await events.next();
    assert.ok(told?.event === 'signed-out');
    assert.equal((told.data as Record<string, unknown>)['reason'], 'household');
    await events.return(undefined);
    const play = { json: { resource: 'REF30' } };
    const refused = await second.tv.send('/v1/authorize', { token: second.token, ...play });
    assert.equal(refused.status, 401, 'its tokens have ended');
    const played = await first.tv.send('/v1/authorize', { token: first.token, ...play });
    assert.equal(played.body['status'], 'permitted');

    const all = await second.tv.send('/v1/household/sign-out', {
      token: await second.tv.ownToken(),
      json: {},
      // Nobody is kept from leaving by what can't be read.
      headers: { 'ap-partner-framework-status': 'granted' },
    });
    assert.equal(all.status, 200, JSON.stringify(all.body));
    assert.deepEqual(
      (all.body['tvs'] as { status: string }[]).map(({ status }) => status),
      ['signed-out', 'signed-out'],
    );
    const ended = await first.tv.send('/v1/authorize', { token: first.token, ...play });
    assert.equal(ended.status, 401);
  });

  it('signs in a TV that shows a code already, once another TV of it is', async () => {
    const household = `viewer-${randomUUID()}`;
    const [first, second] = [await tvOf(household), await tvOf(household)];
    const { body: waiting } = await second.authorize();
    assert.notEqual(waiting['user_code'], 'SIGNED-IN');
    await signedIn(first);
    assert.equal((await second.authorize()).body['user_code'], 'SIGNED-IN');
  });

  it('signs all out by the logout of one', async () => {
    const household = `viewer-${randomUUID()}`;
    const first = await signedIn(await tvOf(household));
    const second = await signedIn(await tvOf(household));
    await untilListed(first.tv, first.token, 2);
    const { status } = await first.tv.send('/v1/logout', { token: first.token, json: {} });
    assert.equal(status, 200);
    await eventually(async () => {
      const token = await second.tv.ownToken();
      const { body } = await second.tv.send('/v1/session', { token });
      return body['status'] === 'signed-out';
    }, 'the other hears of it');
  });

  it('is that of a token that the TV brings, by openid-client', async () => {
    const subject = `viewer-${randomUUID()}`;
    await signedIn(await tvOf(subject));
    const config = await oauth.dynamicClientRegistration(
      new URL(farm.url),
      { software_statement: farm.statement, response_types: [], device: { ...FACTS } },
      oauth.ClientSecretPost(),
      { algorithm: 'oauth2', execute: [oauth.allowInsecureRequests] },
    );
    const token = await identity.token(subject);
    config[oauth.customFetch] = (address, init) =>
      fetch(address, {
        ...init,
        headers: { ...init.headers, 'ad-service-token': token },
      } as RequestInit);
    const shown = await oauth.initiateDeviceAuthorization(config, { scope: 'tv' });
    assert.equal(shown.user_code, 'SIGNED-IN');
    const tokens = await oauth.pollDeviceAuthorizationGrant(config, shown);
    const response = await oauth.fetchProtectedResource(
      config,
      tokens.access_token,
      new URL(`${url}/v1/household/tvs`),
      'GET',
      undefined,
      new Headers({ 'ad-service-token': token }),
    );
    const { tvs } = (await response.json()) as { tvs: ListedTv[] };
    assert.ok(tvs.some(({ isThis }) => isThis));
  });

  describe('is closed', () => {
    let household: string;
    before(async () => {
      household = `viewer-${randomUUID()}`;
      await signedIn(await tvOf(household));
    });
    const refusal = async (tv: Tv, headers = {}) => {
      const token = await tv.ownToken();
      const { status, body } = await tv.send('/v1/household/tvs', { token, headers });
      return [status, body['code']];
    };
    const plain = () => Tv.registered({ url, statement: farm.statement });

    it('to a TV for which nobody vouches', async () => {
      assert.deepEqual(await refusal(await plain()), [403, 'no_household']);
    });

    it('to tokens that anybody could make, that are over, or broken', async () => {
      const tv = await plain();
      const forger = await IdentityService.open();
      const secret = Buffer.alloc(32, 1);
      for (const token of [
        await forger.token(household),
        await identity.token(household, { exp: 1 }),
        await identity.token(household, { iss: 'other' }),
        await identity.token(household, {}, { alg: 'HS256', key: secret }),
        'not.a.token',
        'x',
      ]) {
        const headers = { 'ad-service-token': token };
        assert.deepEqual(await refusal(tv, headers), [403, 'no_household']);
        assert.equal((await tv.authorize({}, url, headers)).status, 200, 'served without');
      }
    });

    it('to a TV that says at its registration whose it is', async () => {
      const tv = new Tv({ url, statement: farm.statement });
      const { body } = await tv.register({ household, software_id: farm.tvApp });
      tv.clientId = String(body['client_id']);
      tv.clientSecret = String(body['client_secret']);
      assert.deepEqual(await refusal(tv), [403, 'no_household']);
    });

    it('to a TV of one household that brings the token of another', async () => {
      const tv = await tvOf(`viewer-${randomUUID()}`);
      const headers = { 'ad-service-token': await identity.token(household) };
      await tv.authorize({}, url, headers);
      const tvs = await list(tv, await tv.ownToken(), headers);
      assert.deepEqual(
        tvs.map(({ isThis }) => isThis),
        [true],
        'the backend is believed',
      );
    });

    it('to statements that do not say of which device', async () => {
      const statement = await vouch({ household });
      const { status, body } = await new Tv({ url, statement }).register();
      assert.deepEqual([status, body['error']], [400, 'invalid_software_statement']);
      assert.match(String(body['error_description']), /name its device_id/);
    });

    it('with a viewer’s token that was revoked', async () => {
      const { tv, token } = await signedIn(await tvOf(household));
      await tv.form('/oauth/revoke', { token });
      const { status } = await tv.send('/v1/household/tvs', { token });
      assert.equal(status, 401);
    });

    it('for TVs that it does not have, and names that no screen shows', async () => {
      const tv = await tvOf(household);
      const token = await tv.ownToken();
      const at = (id: string) => `/v1/household/tvs/${id}/name`;
      const strange = await tv.send(at('AAAAAAAAAAAAAAAAAAAAAA'), { token, json: { name: 'x' } });
      assert.deepEqual([strange.status, strange.body['code']], [404, 'unknown_tv']);
      const named = await tv.send(at('x'), { token, json: { name: 'a\nb' } });
      assert.deepEqual([named.status, named.body['code']], [400, 'invalid_request']);
    });

    it('in the client id: it tells nobody whose TV it is', async () => {
      const { clientId } = await tvOf(household);
      const [, payload = ''] = clientId.split('.');
      assert.ok(!Buffer.from(payload, 'base64url').toString().includes(household));
    });
  });
});
