import assert from 'node:assert/strict';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { FACTS } from '../support/stack.ts';
import { DEVICE_CODE, type Farm, startFarm, Tv } from './support.ts';

const FORM = 'application/x-www-form-urlencoded';

describe('bodies of OAuth requests', () => {
  let farm: Farm;
  let tv: Tv;
  before(async () => {
    farm = await startFarm();
    tv = await Tv.registered(farm);
  });
  after(() => farm.stop());

  const basic = () => {
    const pair = [tv.clientId, tv.clientSecret].map(encodeURIComponent).join(':');
    return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
  };

  /** Without fetch, which names types by itself; without a length the body comes in chunks. */
  const post = async (path: string, headers: Record<string, string>, content?: string) => {
    const asked = request(farm.url + path, {
      method: 'POST',
      headers: { 'x-forwarded-for': tv.ip, ...headers },
    });
    return new Promise<{ status: number; body: Record<string, unknown> }>((resolve, reject) => {
      asked.once('error', reject);
      asked.once('response', (response) => {
        text(response).then((told) => {
          const body = JSON.parse(told) as Record<string, unknown>;
          resolve({ status: response.statusCode ?? 0, body });
        }, reject);
      });
      asked.end(content);
    });
  };
  const chunked = { 'transfer-encoding': 'chunked' };

  for (const [what, headers] of [
    ['no body', { 'content-length': '0' }],
    ['no body, in no chunk', chunked],
    ['an empty form', { 'content-type': FORM, 'content-length': '0' }],
    ['an empty form, in no chunk', { 'content-type': FORM, ...chunked }],
    ['empty JSON', { 'content-type': 'application/json', 'content-length': '0' }],
    ['an empty text', { 'content-type': 'text/plain;charset=UTF-8', 'content-length': '0' }],
    ['nothing of an unknown type', { 'content-type': 'application/x-unknown', ...chunked }],
  ] as [string, Record<string, string>][]) {
    it(`may be left out where Basic says who asks: ${what}`, async () => {
      const code = await post('/oauth/device_authorization', { ...basic(), ...headers });
      assert.equal(code.status, 200, JSON.stringify(code.body));
      const token = await post('/oauth/token', { ...basic(), ...headers });
      assert.deepEqual(
        [token.status, token.body['error'], token.body['error_description']],
        [400, 'invalid_request', 'send a grant_type'],
      );
      const revoked = await post('/oauth/revoke', { ...basic(), ...headers });
      assert.equal(revoked.body['error_description'], 'send a token');
      const nobody = await post('/oauth/token', headers);
      assert.equal(nobody.body['error'], 'invalid_client');
      const registration = await post('/oauth/register', headers);
      assert.equal(registration.body['error'], 'invalid_client_metadata');
    });
  }

  it('are forms where no type is said, and JSON where one registers', async () => {
    const own = await post('/oauth/token', basic(), 'grant_type=client_credentials&scope=device');
    assert.equal(own.status, 200, JSON.stringify(own.body));
    const asked = JSON.stringify({ software_statement: farm.statement, device: FACTS });
    const registered = await post('/oauth/register', {}, asked);
    assert.equal(registered.status, 201, JSON.stringify(registered.body));
    const broken = await post('/oauth/register', {}, '{');
    assert.equal(broken.body['error'], 'invalid_client_metadata');
  });

  it('may name a charset, in any case, and may be JSON', async () => {
    for (const type of [
      `${FORM}; charset=UTF-8`,
      `${FORM};charset=utf-8`,
      'Application/X-WWW-Form-Urlencoded',
    ]) {
      const headers = { ...basic(), 'content-type': type };
      const { status } = await post('/oauth/token', headers, 'grant_type=client_credentials');
      assert.equal(status, 200, type);
    }
    for (const type of ['application/json', 'application/json; charset=utf-8']) {
      const headers = { ...basic(), 'content-type': type };
      const asked = { grant_type: 'client_credentials', scope: null, device_code: '' };
      const { status, body } = await post('/oauth/token', headers, JSON.stringify(asked));
      assert.equal(status, 200, JSON.stringify(body));
    }
  });

  it('may have parameters that nobody knows (RFC 6749, section 3.2)', async () => {
    const { status } = await post(
      '/oauth/device_authorization',
      { ...basic(), 'content-type': FORM },
      'audience=https%3A%2F%2Fexample.com&resource=x&grant_type=&scope=',
    );
    assert.equal(status, 200);
  });

  it('are refused in one line where they are something else', async () => {
    for (const [type, content] of [
      ['text/plain', 'grant_type=client_credentials'],
      ['application/json', '"grant_type"'],
      ['application/json', '[]'],
      ['application/json', '7'],
      ['multipart/form-data; boundary=x', '--x--'],
    ] as const) {
      for (const path of ['/oauth/token', '/oauth/device_authorization', '/oauth/revoke']) {
        const { status, body } = await post(path, { ...basic(), 'content-type': type }, content);
        assert.deepEqual(
          [status, body['error'], body['error_description']],
          [400, 'invalid_request', `send ${FORM}`],
          `${path}: ${type} ${content}`,
        );
      }
    }
    const twice = `grant_type=${DEVICE_CODE}&grant_type=${DEVICE_CODE}`;
    const { body } = await post('/oauth/token', { ...basic(), 'content-type': FORM }, twice);
    assert.equal(body['error'], 'invalid_request');
  });
});
