import assert from 'node:assert/strict';
import { type Farm, startFarm, Tv } from './support.ts';

describe('discovery', () => {
  let farm: Farm;
  let tv: Tv;
  before(async () => {
    farm = await startFarm();
    tv = new Tv(farm);
  });
  after(() => farm.stop());

  it('describes the server by RFC 8414, with the issuer of the settings whatever Host says', async () => {
    const { status, body, headers } = await tv.send('/.well-known/oauth-authorization-server', {
      headers: { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' },
    });
    assert.equal(status, 200);
    assert.equal(headers.get('cache-control'), 'no-store');
    assert.equal(body['issuer'], farm.url);
    for (const name of [
      'registration_endpoint',
      'device_authorization_endpoint',
      'token_endpoint',
      'revocation_endpoint',
      'jwks_uri',
    ]) {
      assert.ok(String(body[name]).startsWith(`${farm.url}/`), name);
    }
    assert.deepEqual(body['response_types_supported'], []);
    assert.deepEqual(body['grant_types_supported'], [
      'urn:ietf:params:oauth:grant-type:device_code',
      'refresh_token',
      'client_credentials',
    ]);
    assert.deepEqual(
      body['revocation_endpoint_auth_methods_supported'],
      body['token_endpoint_auth_methods_supported'],
    );
    assert.deepEqual(body['scopes_supported'], ['device', 'tv']);
  });

  it('shows the public halves of its keys, for five minutes', async () => {
    const { body, headers } = await tv.send('/.well-known/jwks.json');
    assert.equal(headers.get('cache-control'), 'public, max-age=300');
    const [key] = body['keys'] as Record<string, string>[];
    assert.deepEqual(Object.keys(key ?? {}).sort(), ['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']);
  });

  it('describes the API by OpenAPI 3.1', async () => {
    const { body } = await tv.send('/openapi.json');
    assert.equal(body['openapi'], '3.1.0');
    const paths = Object.keys(body['paths'] as object);
    for (const path of ['/oauth/token', '/v1/session', '/v1/authorize', '/v1/activation/{code}']) {
      assert.ok(paths.includes(path), path);
    }
    const { schemas } = body['components'] as { schemas: object };
    const text = JSON.stringify(body);
    const used = new Set(
      [...text.matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name),
    );
    assert.deepEqual(used, new Set(Object.keys(schemas)));
  });

  it('keeps connections for longer than a poll interval of a minute', async () => {
    const { headers } = await tv.send('/healthz');
    const [, seconds] = /timeout=(\d+)/.exec(headers.get('keep-alive') ?? '') ?? [];
    assert.ok(Number(seconds) >= 65, `${seconds} s`);
  });

  it('is ready while Temporal answers', async () => {
    assert.equal((await tv.send('/readyz')).status, 200);
  });
});
