import assert from 'node:assert/strict';
import { Ajv2020 } from 'ajv/dist/2020.js';
import * as fc from 'fast-check';
import { ServiceTokens } from '../../src/client.ts';
import { IdentityService, ISSUER } from '../service-tokens/support.ts';
import { FACTS, freshIp } from '../support/stack.ts';
import { inputs, type Known, type Schema } from './openapi-inputs.ts';
import { DEVICE_CODE, type Farm, pollUntilDone, signIn, startFarm, Tv } from './support.ts';

/** Another seed, as FUZZ_SEED=7, makes other inputs; the same one the same. */
const SEED = Number(process.env['FUZZ_SEED'] ?? 8628);
const RUNS = Number(process.env['FUZZ_RUNS'] ?? 40);
const ROUNDS = 6;

/** By name, for mocha wants its tests before anything is served; the first test compares. */
const OPERATIONS = [
  'get /.well-known/oauth-authorization-server',
  'get /.well-known/jwks.json',
  'post /oauth/register',
  'post /oauth/device_authorization',
  'post /oauth/token',
  'get /v1/session',
  'get /v1/profiles',
  'get /v1/mvpds',
  'post /v1/preauthorize',
  'post /v1/authorize',
  'post /v1/browser-returned',
  'get /v1/events',
  'post /v1/events/token',
  'get /v1/activation/{code}',
  'get /v1/activation/{code}/providers',
  'post /v1/activation-request/confirm',
  'get /v1/household/tvs',
  'post /v1/household/tvs/{id}/name',
  // Last, for they use the code up and sign out.
  'post /v1/activation/{code}',
  'post /v1/activation/{code}/decline',
  'post /v1/logout',
  'post /v1/household/tvs/{id}/sign-out',
  'post /v1/household/sign-out',
  // It may begin another sign-in, with which the viewer's token ends.
  'post /v1/authenticate',
  'post /v1/partner/apple/sign-in',
  'post /v1/partner/apple/response',
  'post /oauth/revoke',
];

interface Media {
  schema?: Schema;
}
interface Operation {
  parameters?: { name: string; in: string; schema: Schema }[];
  requestBody?: { content: Record<string, Media> };
  responses: Record<string, { content?: Record<string, Media> }>;
  security?: object[];
}
interface Document {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
}
interface Input {
  parameters: Record<string, unknown>;
  body: unknown;
  type: string;
  headers: Record<string, string>;
}

describe(`schema fuzzing over /openapi.json with seed ${SEED}`, () => {
  let farm: Farm;
  let document: Document;
  let known: Known;
  let tokens: string[];
  let serviceToken: string;
  const ajv = new Ajv2020({ strict: false, validateFormats: false });

  before(async () => {
    const identity = await IdentityService.open();
    const { publicKey: publicKeys } = identity;
    serviceToken = await identity.token('viewer');
    farm = await startFarm({
      serviceTokens: new ServiceTokens({ issuer: ISSUER, publicKeys }),
      env: {
        GATEWAY_REQUESTS_PER_MINUTE: '1000000',
        GATEWAY_REGISTRATIONS_PER_ADDRESS: '100000',
        GATEWAY_NETWORK_SHARE: '100',
        GATEWAY_SESSIONS_PER_ADDRESS: '100000',
        GATEWAY_WRONG_CODES_PER_ADDRESS: '100000',
        GATEWAY_WRONG_CODES: '100000',
      },
    });
    const { apps } = farm.stack;
    const app = apps.get(farm.tvApp);
    if (app) apps.set(farm.tvApp, { ...app, tempPass: ['TempPass_Preview'] });
    document = (await (await fetch(`${farm.url}/openapi.json`)).json()) as Document;
    const [waiting, viewer] = [await Tv.registered(farm), await Tv.registered(farm)];
    const [{ body: shown }, { body: first }] = [
      await waiting.authorize({}, farm.url, { 'ad-service-token': serviceToken }),
      await viewer.authorize(),
    ];
    await signIn(farm, first['user_code']);
    const { body: token } = await pollUntilDone(viewer, first['device_code']);
    tokens = [await waiting.ownToken(), String(token['access_token'])];
    const { body: mine } = await waiting.send('/v1/household/tvs', {
      token: tokens[0] ?? '',
      headers: { 'ad-service-token': serviceToken },
    });
    const [tv] = mine['tvs'] as { id: string }[];
    known = {
      client_id: [waiting.clientId, viewer.clientId],
      client_secret: [waiting.clientSecret, viewer.clientSecret],
      grant_type: [DEVICE_CODE, 'refresh_token', 'client_credentials'],
      device_code: [shown['device_code'], first['device_code']],
      refresh_token: [token['refresh_token']],
      token: [token['access_token'], 'x'],
      scope: ['tv', 'device', 'tv device'],
      software_statement: [farm.statement],
      device: [FACTS],
      grant_types: [[], [DEVICE_CODE]],
      response_types: [[]],
      token_endpoint_auth_method: ['client_secret_basic', 'client_secret_post'],
      client_name: ['A TV'],
      displayName: ['North Cable'],
      logoUrl: ['https://logos.example/north.png'],
      redirectUrl: ['https://tv.example.com/done'],
      trial: [false, false, true],
      code: [shown['user_code']],
      samlResponse: ['<samlp:Response/>', 'PHNhbWxwOlJlc3BvbnNlLz4='],
      // What leads on more often than not, or too few would get there.
      id: ['NorthCable', 'NorthCable', 'TempPass_Preview', 'nobody', tv?.id, tv?.id, tv?.id],
      resource: ['REF30', 'ADULT'],
      resources: [['REF30'], ['REF30', 'REF30']],
    };
  });
  after(() => farm.stop());

  it('covers every operation of the document', () => {
    const served = Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method} ${path}`),
    );
    assert.deepEqual(served.sort(), [...OPERATIONS].sort());
  });

  for (const name of OPERATIONS) {
    it(`${name} answers what it documents, and never 5xx`, async function test() {
      this.timeout(60_000);
      const [method = '', path = ''] = name.split(' ');
      const operation = document.paths[path]?.[method];
      assert.ok(operation);
      const statuses = new Set<number>();
      const property = fc.asyncProperty(inputOf(operation), async (input) => {
        const response = await send(method, path, input);
        statuses.add(response.status);
        await check(operation, response);
      });
      // No phone waits for the TV here: to be told so is as far as one gets.
      const isThrough = (status: number) =>
        status < 300 || (status === 404 && path.endsWith('/confirm'));
      // Inputs that never get past the first check would prove little: then there are more of them.
      for (let round = 0; round < ROUNDS && ![...statuses].some(isThrough); round += 1) {
        const options = { numRuns: RUNS, interruptAfterTimeLimit: 40_000 };
        await fc.assert(property, { ...options, seed: SEED + round });
      }
      assert.ok([...statuses].some(isThrough), `only ${[...statuses].join(', ')}`);
    });
  }

  function inputOf({ parameters = [], requestBody, security }: Operation): fc.Arbitrary<Input> {
    const { schemas } = document.components;
    const [[type, media] = ['', undefined]] = Object.entries(requestBody?.content ?? {});
    const header = fc
      .string({ unit: fc.constantFrom(...Array.from('aZ09 =:,;"%{[')) })
      .map((one) => one.trim());
    const ofTokens = security?.some((one) => 'bearer' in one);
    const bearer = fc.constantFrom(...tokens).map((token) => `Bearer ${token}`);
    const facts = Buffer.from(JSON.stringify({ connectionType: 'WiFi' })).toString('base64');
    return fc.record({
      parameters: fc.record(
        Object.fromEntries(
          parameters.map(({ name, schema }) => [
            name,
            inputs(
              { properties: { [name]: schema }, required: [name], type: 'object' },
              schemas,
              known,
            ),
          ]),
        ),
      ),
      body: media?.schema ? inputs(media.schema, schemas, known) : fc.constant(undefined),
      type: mostly(
        fc.constant(type),
        fc.constantFrom('application/json', 'application/x-www-form-urlencoded', 'text/plain', 'x'),
      ),
      headers: fc.record({
        authorization: mostly(ofTokens ? bearer : fc.constant(''), header),
        'x-device-info': mostly(fc.constantFrom('', facts), header),
        'ap-partner-framework-status': mostly(fc.constant(''), header),
        'ad-service-token': mostly(fc.constant(serviceToken), header),
        'x-forwarded-for': mostly(fc.constant(''), header),
        accept: mostly(fc.constant('*/*'), header),
      }),
    });
  }

  async function send(method: string, path: string, input: Input): Promise<Response> {
    const filled = path.replace(/\{(\w+)\}/g, (_all, name: string) =>
      encodeURIComponent(String(field(input.parameters[name], name))),
    );
    const { type, body } = input;
    const sent = Object.entries(input.headers).filter(([, value]) => value !== '');
    const headers = { 'x-forwarded-for': freshIp(), ...Object.fromEntries(sent) };
    if (method === 'get') return fetch(farm.url + filled, { headers });
    const init = {
      method,
      headers: type && body !== undefined ? { ...headers, 'content-type': type } : headers,
    };
    return fetch(
      farm.url + filled,
      body === undefined ? init : { ...init, body: encoded(type, body) },
    );
  }

  async function check({ responses }: Operation, response: Response): Promise<void> {
    const { status } = response;
    const type = response.headers.get('content-type')?.split(';')[0] ?? '';
    if (type === 'text/event-stream') {
      await response.body?.cancel();
      assert.ok(responses['200']?.content?.[type]);
      return;
    }
    const text = await response.text();
    assert.ok(status < 500, `${status} ${text}`);
    const declared = responses[String(status)] ?? responses[`${String(status)[0]}XX`];
    assert.ok(declared, `${status} is not declared: ${text}`);
    const media = declared.content?.[type];
    assert.ok(media?.schema, `${status} comes as ${type}: ${text}`);
    const validate = ajv.compile({ ...media.schema, components: document.components });
    assert.ok(validate(JSON.parse(text)), `${text}: ${ajv.errorsText(validate.errors)}`);
  }
});

/** Form bodies are made of texts; a value that is none is sent as JSON writes it. */
function encoded(type: string, body: unknown): string {
  if (type !== 'application/x-www-form-urlencoded') return JSON.stringify(body);
  if (typeof body !== 'object' || body === null) return String(body);
  const fields = new URLSearchParams();
  for (const [name, value] of Object.entries(body)) {
    fields.append(name, typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));
  }
  return fields.toString();
}

/** Something wrong once in a while, or nothing would ever get far. */
function mostly<T>(right: fc.Arbitrary<T>, wrong: fc.Arbitrary<T>): fc.Arbitrary<T> {
  return fc.oneof({ weight: 15, arbitrary: right }, { weight: 1, arbitrary: wrong });
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : value;
}
