import assert from 'node:assert/strict';
import { SignJWT } from 'jose';
import { generateTokenKey } from '../../src/gateway/index.ts';
import { TokenKeys } from '../../src/gateway/token-keys.ts';
import {
  type Answer,
  DEVICE_CODE,
  type Farm,
  pollUntilDone,
  signIn,
  startFarm,
  Tv,
} from './support.ts';

describe('token endpoint', () => {
  let farm: Farm;
  let signedIn: Tv;
  let token: Answer['body'];
  before(async () => {
    farm = await startFarm();
    [signedIn, token] = await someoneSignedIn();
  });
  after(() => farm.stop());

  async function someoneSignedIn(): Promise<[Tv, Answer['body']]> {
    const tv = await Tv.registered(farm);
    const { body } = await tv.authorize();
    await signIn(farm, body['user_code']);
    return [tv, (await pollUntilDone(tv, body['device_code'])).body];
  }
  const refused = ({ status, body, headers }: Answer, error: string) => {
    assert.equal(body['error'], error, JSON.stringify(body));
    assert.equal(status, 400);
    assert.equal(headers.get('cache-control'), 'no-store');
    assert.match(headers.get('content-type') ?? '', /^application\/json/);
  };

  for (const [what, error, fields] of [
    ['no grant type', 'invalid_request', {}],
    ['a grant type that is not ours', 'unsupported_grant_type', { grant_type: 'password' }],
    ['no device code', 'invalid_request', { grant_type: DEVICE_CODE }],
    ['a device code that is none', 'invalid_grant', { grant_type: DEVICE_CODE, device_code: 'x' }],
    ['no refresh token', 'invalid_request', { grant_type: 'refresh_token' }],
    [
      'a refresh token that is none',
      'invalid_grant',
      { grant_type: 'refresh_token', refresh_token: 'x' },
    ],
    ['an unknown scope', 'invalid_scope', { grant_type: 'client_credentials', scope: 'admin' }],
    [
      "a viewer's scope for the TV alone",
      'invalid_scope',
      { grant_type: 'client_credentials', scope: 'tv' },
    ],
  ] as const) {
    it(`refuses ${what}: ${error}`, async () => {
      refused(await signedIn.form('/oauth/token', fields), error);
    });
  }

  it('refuses a parameter that comes twice', async () => {
    const response = await fetch(`${farm.url}/oauth/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'grant_type=client_credentials&grant_type=refresh_token',
    });
    assert.equal(response.status, 400);
    assert.equal(((await response.json()) as { error: string }).error, 'invalid_request');
  });

  it('refuses a client that it does not know with 400, and challenges one that used Basic', async () => {
    const stranger = Object.assign(new Tv(farm), signedIn, {
      clientSecret: signedIn.clientSecret.replace(/.$/, (last) => (last === 'A' ? 'Q' : 'A')),
    });
    refused(await stranger.authorize(), 'invalid_client');
    const form = { grant_type: 'client_credentials' };
    const headers = { authorization: `Basic ${btoa(`${signedIn.clientId}:k.wrong`)}` };
    const basic = await signedIn.send('/oauth/token', { form, headers });
    assert.equal(basic.status, 401);
    assert.equal(basic.body['error'], 'invalid_client');
    assert.match(basic.headers.get('www-authenticate') ?? '', /^Basic realm=/);
  });

  it('takes Basic with form-encoded parts', async () => {
    const encoded = signedIn.clientSecret.replace(/./g, (c) => `%${c.charCodeAt(0).toString(16)}`);
    const { status, body } = await signedIn.send('/oauth/token', {
      form: { grant_type: 'client_credentials' },
      headers: { authorization: `Basic ${btoa(`${signedIn.clientId}:${encoded}`)}` },
    });
    assert.equal(status, 200);
    assert.equal(body['scope'], 'device');
    assert.equal(body['refresh_token'], undefined);
  });

  it("refuses another TV's device code and refresh token", async () => {
    const [thief] = await someoneSignedIn(); // at the same generation
    const { body } = await signedIn.authorize();
    refused(await thief.poll(body['device_code']), 'invalid_grant');
    refused(await thief.refresh(token['refresh_token']), 'invalid_grant');
    const stolen = await thief.form('/oauth/revoke', { token: String(token['refresh_token']) });
    refused(stolen, 'invalid_grant');
    assert.equal((await signedIn.refresh(token['refresh_token'])).status, 200);
  });

  it('refuses what was tampered with', async () => {
    const [head, payload = '', signature] = String(token['refresh_token']).split('.');
    const content = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
    const longer = Buffer.from(JSON.stringify({ ...content, exp: 9e15 })).toString('base64url');
    refused(await signedIn.refresh(`${head}.${longer}.${signature}`), 'invalid_grant');
  });

  it('ends a revoked grant and its device code, and leaves the viewer signed in', async () => {
    const [tv, { refresh_token: old }] = await someoneSignedIn();
    const { body: before } = await tv.authorize();
    const revoked = await tv.form('/oauth/revoke', { token: String(old) });
    assert.equal(revoked.status, 200);
    refused(await tv.refresh(old), 'invalid_grant');
    refused(await tv.poll(before['device_code']), 'expired_token');
    assert.equal((await tv.form('/oauth/revoke', { token: String(old) })).status, 200);
    assert.equal((await tv.form('/oauth/revoke', { token: 'nonsense' })).status, 200);
    refused(await tv.form('/oauth/revoke', {}), 'invalid_request');

    const { body: again } = await tv.authorize();
    assert.equal(again['user_code'], 'SIGNED-IN');
    const { body: fresh } = await tv.poll(again['device_code']);
    assert.equal((await tv.refresh(fresh['refresh_token'])).status, 200);
    refused(await tv.refresh(old), 'invalid_grant');
  });

  it('ends the grant with an access token too', async () => {
    const [tv, tokens] = await someoneSignedIn();
    await tv.form('/oauth/revoke', { token: String(tokens['access_token']) });
    refused(await tv.refresh(tokens['refresh_token']), 'invalid_grant');
  });

  it('ends the refresh token with the sign-in', async () => {
    const [tv, tokens] = await someoneSignedIn();
    const access = String(tokens['access_token']);
    const logout = await tv.send('/v1/logout', { token: access, json: {} });
    assert.equal(logout.status, 200, JSON.stringify(logout.body));
    assert.equal(logout.body['status'], 'signed-out');
    refused(await tv.refresh(tokens['refresh_token']), 'invalid_grant');
    const play = await tv.send('/v1/authorize', { token: access, json: { resource: 'REF30' } });
    assert.equal(play.status, 401);
    assert.match(play.headers.get('www-authenticate') ?? '', /error="invalid_token"/);
    assert.equal(play.body['action'], 'authentication');
  });

  it('keeps the tokens and codes of one viewer apart from the next viewer', async () => {
    const tv = await Tv.registered(farm);
    const { body: shown } = await tv.authorize();
    await signIn(farm, shown['user_code']);
    const { body: first } = await pollUntilDone(tv, shown['device_code']);
    const access = String(first['access_token']);
    assert.equal((await tv.send('/v1/logout', { token: access, json: {} })).status, 200);
    const { body: next } = await tv.authorize();
    const meddles = { token: access, json: { mvpd: { id: 'NorthCable' } } };
    assert.equal((await tv.send('/v1/authenticate', meddles)).status, 401, 'while a code waits');
    await signIn(farm, next['user_code'], 'SkyDish');
    const { status, body: second } = await pollUntilDone(tv, next['device_code']);
    assert.equal(status, 200, JSON.stringify(second));

    refused(await tv.poll(shown['device_code']), 'expired_token');
    refused(await tv.refresh(first['refresh_token']), 'invalid_grant');
    for (const [path, json] of [
      ['/v1/session'],
      ['/v1/authorize', { resource: 'REF30' }],
      ['/v1/logout', {}],
      ['/v1/authenticate', { mvpd: { id: 'NorthCable' } }],
      ['/v1/browser-returned', {}],
    ] as const) {
      const answer = await tv.send(path, { token: access, ...(json ? { json } : {}) });
      assert.equal(answer.status, 401, path);
      assert.equal(answer.body['code'], 'invalid_token', path);
    }
    // What is dead can not end what lives.
    for (const dead of [first['refresh_token'], access]) {
      assert.equal((await tv.form('/oauth/revoke', { token: String(dead) })).status, 200);
    }
    assert.equal((await tv.refresh(second['refresh_token'])).status, 200);
  });

  describe('access tokens', () => {
    const get = (tv: Tv, access: string | undefined, path = '/v1/session') =>
      tv.send(path, access === undefined ? {} : { token: access });
    const forged = async (changes: { aud?: string; exp?: string; typ?: string; own?: boolean }) => {
      const ring = changes.own
        ? JSON.stringify({ keys: [await generateTokenKey()] })
        : (farm.env['GATEWAY_TOKEN_KEYS'] ?? '');
      const keys = await TokenKeys.import((JSON.parse(ring) as { keys: [] }).keys);
      return new SignJWT({ client_id: signedIn.clientId, scope: 'tv' })
        .setProtectedHeader({ alg: 'ES256', typ: changes.typ ?? 'at+jwt', kid: keys.signing.kid })
        .setIssuer(farm.url)
        .setAudience(changes.aud ?? farm.url)
        .setSubject('viewer:x')
        .setJti('j')
        .setIssuedAt()
        .setExpirationTime(changes.exp ?? '5 min')
        .sign(keys.signing.privateKey);
    };

    it('are RFC 9068 tokens that the published keys verify', async () => {
      const [head = '', payload = ''] = String(token['access_token']).split('.');
      const parse = (part: string) =>
        JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>;
      assert.equal(parse(head)['typ'], 'at+jwt');
      assert.equal(parse(head)['alg'], 'ES256');
      const claims = parse(payload);
      assert.equal(claims['iss'], farm.url);
      assert.equal(claims['client_id'], signedIn.clientId);
      assert.equal(Number(claims['exp']) - Number(claims['iat']), 600);
      assert.match(String(claims['sub']), /^viewer:/);
      assert.ok(claims['jti']);
    });

    it('are asked for with a bare challenge', async () => {
      const { status, headers, body } = await get(signedIn, undefined);
      assert.equal(status, 401);
      assert.equal(headers.get('www-authenticate'), 'Bearer realm="devicepass"');
      assert.match(headers.get('content-type') ?? '', /^application\/problem\+json/);
      assert.equal(body['status'], 401);
    });

    it('are refused when expired, foreign, of another kind or for another audience', async () => {
      assert.equal((await get(signedIn, await forged({}))).status, 200);
      for (const access of [
        await forged({ exp: '-1 min' }),
        await forged({ own: true }),
        await forged({ aud: 'https://other.example' }),
        await forged({ typ: 'JWT' }),
        String(token['refresh_token']),
        'x',
      ]) {
        const { status, headers } = await get(signedIn, access);
        assert.equal(status, 401);
        assert.match(headers.get('www-authenticate') ?? '', /error="invalid_token"/);
      }
    });

    it("of a TV alone do not do what needs a viewer's", async () => {
      const own = await signedIn.ownToken();
      const { status, headers, body } = await signedIn.send('/v1/authorize', {
        token: own,
        json: { resource: 'REF30' },
      });
      assert.equal(status, 403);
      assert.match(headers.get('www-authenticate') ?? '', /error="insufficient_scope", scope="tv"/);
      assert.equal(body['code'], 'insufficient_scope');
      const session = await get(signedIn, own);
      assert.equal(session.body['status'], 'signed-in');
      assert.equal(session.body['attributes'], undefined);
    });
  });
});
