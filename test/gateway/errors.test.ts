import assert from 'node:assert/strict';
import { SignJWT } from 'jose';
import { TokenKeys } from '../../src/gateway/token-keys.ts';
import { FACTS } from '../support/stack.ts';
import { type Answer, DEVICE_CODE, type Farm, installationOf, pollUntilDone } from './support.ts';
import { signIn, startFarm, Tv } from './support.ts';

describe('every error of the standards', () => {
  let farm: Farm;
  let tv: Tv;
  before(async () => {
    farm = await startFarm({ env: { GATEWAY_POLL_INTERVAL_S: '20' } });
    tv = await Tv.registered(farm);
  });
  after(() => farm.stop());

  /** JSON, never to be kept, with the letters that RFC 6749 allows in a description. */
  const says = (error: string, { status, body, headers }: Answer, expected = 400) => {
    assert.deepEqual([status, body['error']], [expected, error], JSON.stringify(body));
    assert.match(String(body['error_description']), /^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/);
    assert.match(headers.get('content-type') ?? '', /^application\/json/);
    assert.equal(headers.get('cache-control'), 'no-store');
  };
  const signedIn = async (): Promise<[Tv, Answer['body']]> => {
    const someone = await Tv.registered(farm);
    const { body } = await someone.authorize();
    await signIn(farm, body['user_code']);
    return [someone, (await pollUntilDone(someone, body['device_code'])).body];
  };

  describe('of the device flow (RFC 8628, section 3.5)', () => {
    it('authorization_pending while nobody has signed in', async () => {
      const { body } = await tv.authorize();
      says('authorization_pending', await tv.poll(body['device_code']));
    });

    it('slow_down for a poll before half of the interval is over', async () => {
      const hasty = await Tv.registered(farm);
      const { body } = await hasty.authorize();
      await hasty.poll(body['device_code']);
      says('slow_down', await hasty.poll(body['device_code']));
    });

    it('access_denied when the login was given up', async () => {
      const given = await Tv.registered(farm);
      const { body } = await given.authorize();
      await given.poll(body['device_code']);
      const id = installationOf(given.clientId);
      await farm.stack.pass.device({ app: farm.tvApp, id, facts: FACTS, ip: given.ip }).abandon();
      says('access_denied', await pollUntilDone(given, body['device_code']));
    });

    it('expired_token when the code has ended at Adobe', async () => {
      const late = await Tv.registered(farm);
      const { body } = await late.authorize();
      const id = installationOf(late.clientId);
      const device = farm.stack.pass.device({ app: farm.tvApp, id, facts: FACTS, ip: late.ip });
      await device.authenticate({ restart: true });
      says('expired_token', await pollUntilDone(late, body['device_code']));
    });
  });

  describe('of tokens (RFC 6749, section 5.2)', () => {
    const post = (fields: Record<string, string>, from = tv) => from.form('/oauth/token', fields);

    it('invalid_request for what is missing, repeated or sent in two ways', async () => {
      says('invalid_request', await post({}));
      says('invalid_request', await post({ grant_type: DEVICE_CODE }));
      says('invalid_request', await post({ grant_type: 'refresh_token' }));
      const authorization = `Basic ${btoa(`${tv.clientId}:${tv.clientSecret}`)}`;
      const { clientSecret: client_secret } = tv;
      const form = { grant_type: 'client_credentials' };
      const headers = { authorization };
      const twice = await tv.send('/oauth/token', { form: { ...form, client_secret }, headers });
      says('invalid_request', twice);
      const other = await tv.send('/oauth/token', { form: { ...form, client_id: 'x' }, headers });
      says('invalid_request', other);
    });

    it('invalid_client says what to do: send credentials, or register again', async () => {
      const advice = async (form: Record<string, string>, headers = {}) => {
        const { body } = await tv.send('/oauth/token', { form, headers });
        return String(body['error_description']);
      };
      const { clientId: client_id } = tv;
      for (const none of [
        await advice({ grant_type: 'x' }),
        await advice({ client_id }),
        await advice({ grant_type: 'x' }, { authorization: 'Basic' }),
      ]) {
        assert.match(none, /^send client_id and client_secret/);
      }
      assert.match(await advice({ client_id, client_secret: 'x' }), /^register again/);
    });

    it('invalid_client for no client, a wrong secret and a tampered id', async () => {
      says('invalid_client', await tv.send('/oauth/token', { form: { grant_type: 'x' } }));
      for (const path of ['/oauth/token', '/oauth/device_authorization', '/oauth/revoke']) {
        const { clientId, clientSecret } = tv;
        const wrong = { client_id: clientId, client_secret: `x${clientSecret}` };
        says('invalid_client', await tv.form(path, wrong));
        const [head, payload = '', signature] = clientId.split('.');
        const content = Buffer.from(payload, 'base64url').toString().replace('"v":1', '"v":1.0');
        const tampered = `${head}.${Buffer.from(content).toString('base64url')}.${signature}`;
        says('invalid_client', await tv.form(path, { client_id: tampered }));
      }
    });

    it('invalid_client as a challenge for a failed Basic, however it is broken', async () => {
      for (const credentials of ['Basic', 'Basic %%%', `Basic ${btoa('no colon')}`, 'Bearer x']) {
        const headers = { authorization: credentials };
        const answer = await tv.send('/oauth/token', { form: { grant_type: 'x' }, headers });
        says('invalid_client', answer, 401);
        assert.match(answer.headers.get('www-authenticate') ?? '', /^Basic realm="/);
      }
    });

    it('invalid_grant for codes and tokens of nobody and of others', async () => {
      const [other, token] = await signedIn();
      const { body } = await other.authorize();
      says('invalid_grant', await tv.poll('x'));
      says('invalid_grant', await tv.poll(body['device_code']));
      says('invalid_grant', await tv.refresh('x'));
      says('invalid_grant', await tv.refresh(token['refresh_token']));
      says('invalid_grant', await other.refresh(token['access_token']));
      says('invalid_grant', await other.refresh(body['device_code']));
    });

    it('unauthorized_client for a grant type that the client did not register for', async () => {
      const narrow = new Tv(farm);
      const { body } = await narrow.register({ grant_types: [DEVICE_CODE] });
      assert.deepEqual(body['grant_types'], [DEVICE_CODE, 'refresh_token']);
      narrow.clientId = String(body['client_id']);
      narrow.clientSecret = String(body['client_secret']);
      says('unauthorized_client', await post({ grant_type: 'client_credentials' }, narrow));
      assert.equal((await narrow.authorize()).status, 200);
    });

    it('unsupported_grant_type for what nobody has here', async () => {
      for (const grant_type of ['authorization_code', 'password', 'device_code']) {
        const answer = await post({ grant_type });
        says('unsupported_grant_type', answer);
        assert.ok(String(answer.body['error_description']).includes(DEVICE_CODE));
      }
    });

    it('invalid_scope for what is unknown, or was not registered for', async () => {
      const grant_type = 'client_credentials';
      says('invalid_scope', await post({ grant_type, scope: 'admin' }));
      says('invalid_scope', await post({ grant_type, scope: 'tv' }));
      says('invalid_scope', await tv.authorize({ scope: 'device' }));
      const narrow = new Tv(farm);
      const { body } = await narrow.register({ scope: 'tv' });
      assert.equal(body['scope'], 'tv');
      narrow.clientId = String(body['client_id']);
      narrow.clientSecret = String(body['client_secret']);
      says('invalid_scope', await post({ grant_type }, narrow));
    });
  });

  describe('of registration (RFC 7591, section 3.2.2)', () => {
    for (const [what, error, body] of [
      ['a body that is no object', 'invalid_client_metadata', []],
      ['a name that is no text', 'invalid_client_metadata', { client_name: 7 }],
      ['no device', 'invalid_client_metadata', { device: undefined }],
      ['a statement that is no text', 'invalid_client_metadata', { software_statement: 7 }],
      ['a statement of nobody', 'invalid_software_statement', { software_statement: 'a.b.c' }],
      ['no statement', 'invalid_software_statement', { software_statement: undefined }],
    ] as const) {
      it(`${error} for ${what}`, async () => {
        says(
          error,
          await (Array.isArray(body)
            ? tv.send('/oauth/register', { json: body })
            : tv.register(body)),
        );
      });
    }

    it('invalid_client_metadata for all facts that are missing or wrong, in one answer', async () => {
      const answer = await tv.register({ device: { version: 7, osName: '', model: 'M' } });
      says('invalid_client_metadata', answer);
      const description = String(answer.body['error_description']);
      assert.match(description, /(^|; )device\.version: give a text(;|$)/);
      for (const fact of ['osName', 'osVersion', 'connectionType']) {
        assert.ok(description.includes(`device.${fact}: `), description);
      }
      assert.ok(!description.includes('device.model'), description);
    });

    it('invalid_client_metadata for what is no JSON', async () => {
      const headers = { 'content-type': 'application/json', 'x-forwarded-for': tv.ip };
      for (const body of ['{', '']) {
        const init = { method: 'POST', headers, body };
        const response = await fetch(`${farm.url}/oauth/register`, init);
        assert.equal(response.status, 400);
        const answer = (await response.json()) as { error: string };
        assert.equal(answer.error, 'invalid_client_metadata');
      }
    });
  });

  describe('of revocation (RFC 7009, section 2.2.1)', () => {
    it('unsupported_token_type for the token of a TV alone, which goes on until it ends', async () => {
      const own = await tv.ownToken();
      says('unsupported_token_type', await tv.form('/oauth/revoke', { token: own }));
      assert.equal((await tv.send('/v1/session', { token: own })).status, 200);
    });

    it('none for tokens of nobody, whatever the hint', async () => {
      for (const token_type_hint of ['refresh_token', 'access_token', 'nonsense']) {
        const { status } = await tv.form('/oauth/revoke', { token: 'x', token_type_hint });
        assert.equal(status, 200);
      }
    });

    it('invalid_token from then on for access tokens of the grant, at every gateway', async () => {
      const [viewer, tokens] = await signedIn();
      const token = String(tokens['access_token']);
      const form = { token: String(tokens['refresh_token']) };
      assert.equal((await viewer.form('/oauth/revoke', form)).status, 200);
      const { url } = await farm.another();
      for (const [path, json] of [
        ['/v1/session'],
        ['/v1/authorize', { resource: 'REF30' }],
        ['/v1/preauthorize', { resources: ['REF30'] }],
        ['/v1/logout', {}],
      ] as const) {
        const answer = await viewer.send(path, { token, url, ...(json ? { json } : {}) });
        assert.equal(answer.status, 401, path);
        assert.equal(answer.body['code'], 'invalid_token');
        assert.match(answer.headers.get('www-authenticate') ?? '', /error="invalid_token"/);
      }
    });
  });

  describe('of bearer tokens (RFC 6750, section 3.1)', () => {
    for (const [what, status, authorization, challenge] of [
      ['no token', 401, undefined, /^Bearer realm="devicepass"$/],
      ['another scheme', 401, 'Basic abc', /^Bearer realm="devicepass"$/],
      ['no token behind Bearer', 400, 'Bearer', /error="invalid_request"/],
      ['two tokens', 400, 'Bearer a b', /error="invalid_request"/],
      ['a token of nobody', 401, 'Bearer a.b.c', /error="invalid_token"/],
    ] as const) {
      it(`${status} for ${what}`, async () => {
        const headers = authorization === undefined ? {} : { authorization };
        const answer = await tv.send('/v1/session', { headers });
        assert.equal(answer.status, status);
        assert.match(answer.headers.get('www-authenticate') ?? '', challenge);
        assert.match(answer.headers.get('content-type') ?? '', /^application\/problem\+json/);
        assert.equal(answer.headers.get('cache-control'), 'no-store');
      });
    }

    it('401 that tells apart who refreshes, who begins again, and who never had a token', async () => {
      const keys = JSON.parse(farm.env['GATEWAY_TOKEN_KEYS'] ?? '') as { keys: [] };
      const { kid, privateKey } = (await TokenKeys.import(keys.keys)).signing;
      const ended = await new SignJWT({ client_id: tv.clientId, scope: 'device' })
        .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid })
        .setIssuer(farm.url)
        .setAudience(farm.url)
        .setSubject('device:x')
        .setJti('j')
        .setIssuedAt()
        .setExpirationTime('-1 min')
        .sign(privateKey);
      const [viewer, tokens] = await signedIn();
      const revoked = String(tokens['access_token']);
      await viewer.form('/oauth/revoke', { token: revoked });
      for (const [token, message] of [
        [ended, /has ended: refresh it/],
        ['a.b.c', /none of ours: get a new one/],
        [revoked, /grant of this access token has ended: ask for a new code/],
      ] as const) {
        const { status, body } = await viewer.send('/v1/session', { token });
        assert.deepEqual(
          [status, body['code'], body['action']],
          [401, 'invalid_token', 'authentication'],
        );
        assert.match(String(body['message']), message);
      }
    });

    it('403 with the scope that is missing', async () => {
      const token = await tv.ownToken();
      const answer = await tv.send('/v1/logout', { token, json: {} });
      assert.equal(answer.status, 403);
      assert.equal(answer.body['message'], 'this needs the scope tv: sign in first');
      const challenge = answer.headers.get('www-authenticate') ?? '';
      assert.match(challenge, /error="insufficient_scope", scope="tv"/);
    });
  });

  describe('of methods and types of content (RFC 9110)', () => {
    const send = async (method: string, path: string, type?: string) => {
      const headers = { 'x-forwarded-for': tv.ip, ...(type ? { 'content-type': type } : {}) };
      const init = { method, headers, ...(type ? { body: '<x/>' } : {}) };
      const response = await fetch(farm.url + path, init);
      const body = (await response.json()) as Record<string, unknown>;
      return { status: response.status, headers: response.headers, body };
    };

    it('405 with Allow for another method, in the form of each part', async () => {
      for (const path of ['/oauth/token', '/oauth/device_authorization', '/oauth/revoke']) {
        const answer = await send('GET', path);
        says('invalid_request', answer, 405);
        assert.equal(answer.headers.get('allow'), 'POST', path);
      }
      says('invalid_client_metadata', await send('PUT', '/oauth/register', 'text/x'), 405);
      for (const [method, path, allow] of [
        ['GET', '/v1/authorize', ['POST']],
        ['POST', '/v1/session', ['GET', 'HEAD']],
        ['DELETE', '/v1/activation/ABCDEFG', ['GET', 'HEAD', 'POST']],
      ] as const) {
        const { status, headers, body } = await send(method, path);
        assert.deepEqual([status, body['code']], [405, 'invalid_request'], path);
        assert.deepEqual((headers.get('allow') ?? '').split(', ').sort(), allow, path);
      }
    });

    it('names the type that is wanted', async () => {
      const form = await send('POST', '/oauth/token', 'text/xml');
      says('invalid_request', form);
      assert.equal(form.body['error_description'], 'send application/x-www-form-urlencoded');
      const json = await send('POST', '/oauth/register', 'text/xml');
      assert.equal(json.body['error_description'], 'send application/json');
      const { status, body } = await send('POST', '/v1/activation/ABCDEFG', 'text/xml');
      assert.deepEqual([status, body['message']], [415, 'send application/json']);
    });
  });
});
