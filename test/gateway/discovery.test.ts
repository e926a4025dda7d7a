import assert from 'node:assert/strict';
import { type Farm, startFarm, Tv } from './support.ts';

/** As much of a schema as is looked at here. */
interface Described {
  required?: string[];
  properties?: Record<string, Described>;
  $ref?: string;
  enum?: string[];
  type?: string;
  examples?: string[];
  description?: string;
}

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
    // An empty list is refused by validators (Authlib's, by RFC 8414, section 2).
    assert.deepEqual(body['response_types_supported'], ['none']);
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

  it('says which token or which credentials an operation takes', async () => {
    const { body } = await tv.send('/openapi.json');
    const paths = body['paths'] as Record<string, Record<string, { security?: object }>>;
    const both = [{ bearer: ['device'] }, { bearer: ['tv'] }];
    const credentials = [{ client: [] }, {}];
    for (const [operation, security] of Object.entries({
      'get /v1/session': both,
      'get /v1/profiles': both,
      'get /v1/mvpds': both,
      'get /v1/events': [...both, { stream: [] }],
      'post /v1/events/token': both,
      'post /v1/authenticate': both,
      'post /v1/partner/apple/sign-in': both,
      'post /v1/partner/apple/response': both,
      'post /v1/browser-returned': both,
      'post /v1/authorize': [{ bearer: ['tv'] }],
      'post /v1/preauthorize': [{ bearer: ['tv'] }],
      'post /v1/logout': [{ bearer: ['tv'] }],
      'get /v1/activation/{code}': [],
      'post /oauth/register': [],
      'post /oauth/device_authorization': credentials,
      'post /oauth/token': credentials,
      'post /oauth/revoke': credentials,
    })) {
      const [method = '', path = ''] = operation.split(' ');
      assert.deepEqual(paths[path]?.[method]?.security, security, operation);
    }
    const { securitySchemes } = body['components'] as Record<string, Record<string, unknown>>;
    assert.deepEqual(Object.keys(securitySchemes ?? {}), ['bearer', 'stream', 'backend', 'client']);
  });

  it('describes the facts of a TV, and what a registration must have', async () => {
    const { body } = await tv.send('/openapi.json');
    const { schemas } = body['components'] as { schemas: Record<string, object> };
    const request = schemas['ClientRegistrationRequest'] as Described;
    assert.deepEqual(request.required, ['software_statement', 'device']);
    const { $ref = '' } = request.properties?.['device'] ?? {};
    const facts = schemas[$ref.split('/').at(-1) ?? ''] as Described;
    assert.deepEqual([...(facts.required ?? [])].sort(), [
      'connectionType',
      'model',
      'osName',
      'osVersion',
      'version',
    ]);
    assert.ok((facts.properties?.['osName']?.examples ?? []).includes('webOS'));
  });

  it('leaves sets open that grow, and says what is in them today', async () => {
    const { body } = await tv.send('/openapi.json');
    const { schemas } = body['components'] as { schemas: Record<string, object> };
    for (const [name, member] of [
      ['Action', 'authentication'],
      ['SignedOutReason', 'no-new-session'],
    ] as const) {
      // Generators of clients make a closed set of an enum, whatever stands beside it.
      const { type, examples = [], description = '' } = schemas[name] as Described;
      assert.deepEqual([type, examples.includes(member)], ['string', true], name);
      for (const known of examples) assert.ok(description.includes(`\`${known}\`: `));
    }
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
