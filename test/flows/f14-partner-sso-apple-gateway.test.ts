import assert from 'node:assert/strict';
import * as oauth from 'oauth4webapi';
import type { PartnerFrameworkStatus } from '../../src/adobe-pass/index.ts';
import { frameworkAnswer } from '../../src/sandbox/index.ts';
import { type Farm, pollUntilDone, signIn, startFarm, Tv } from '../gateway/support.ts';
import { eventually } from '../support/stack.ts';
import { APPLE_TV, DENIED, NORTH, vouching } from './apple.ts';

const here = { [oauth.allowInsecureRequests]: true } as const;
const SIGN_IN = '/v1/partner/apple/sign-in';
const RESPONSE = '/v1/partner/apple/response';

type Body = Record<string, unknown>;

describe('F14 Partner SSO, Apple, at the gateway', () => {
  let farm: Farm;
  before(async function () {
    this.timeout(300_000);
    farm = await startFarm();
  });
  after(() => farm.stop());

  /** What the app of an Apple TV sends of its framework. */
  const statusHeader = (status: PartnerFrameworkStatus) => ({
    'ap-partner-framework-status': Buffer.from(JSON.stringify(status)).toString('base64'),
  });

  /** An Apple TV that is registered, with a token of its own. */
  const appleTv = async () => {
    const tv = new Tv(farm);
    const { body } = await tv.register({ device: APPLE_TV });
    tv.clientId = String(body['client_id']);
    tv.clientSecret = String(body['client_secret']);
    const own = await tv.ownToken();
    const ask = (path: string, json: object, status?: PartnerFrameworkStatus, token = own) =>
      tv.send(path, { json, token, headers: status ? statusHeader(status) : {} });
    return { tv, own, ask };
  };

  it('goes from a registration to a play and a sign-out, by an OAuth client [ATN-19] [LO-04]', async () => {
    const issuer = new URL(farm.url);
    const server = await oauth.processDiscoveryResponse(
      issuer,
      await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...here }),
    );
    const metadata = { software_statement: farm.statement, device: { ...APPLE_TV } };
    const client = await oauth.processDynamicClientRegistrationResponse(
      await oauth.dynamicClientRegistrationRequest(server, metadata, here),
    );
    const { client_secret } = client;
    assert.ok(typeof client_secret === 'string');
    const secret = oauth.ClientSecretBasic(client_secret);
    const own = await oauth.processClientCredentialsResponse(
      server,
      client,
      await oauth.clientCredentialsGrantRequest(server, client, secret, {}, here),
    );
    const post = async (token: string, path: string, body: object) => {
      const headers = new Headers({
        'content-type': 'application/json',
        ...statusHeader(vouching(NORTH)),
      });
      const url = new URL(path, issuer);
      const text = JSON.stringify(body);
      const answer = await oauth.protectedResourceRequest(token, 'POST', url, headers, text, here);
      return (await answer.json()) as Body;
    };

    const asked = await post(own.access_token, SIGN_IN, {});
    assert.deepEqual(
      [asked['status'], asked['partner'], asked['mvpd']],
      ['partner', 'Apple', 'NorthCable'],
    );
    const { type, request } = asked['authenticationRequest'] as { type: string; request: string };
    assert.equal(type, 'saml');
    const samlResponse = frameworkAnswer({ request });
    const done = await post(own.access_token, RESPONSE, { samlResponse });
    const session = done['session'] as Body;
    assert.deepEqual([session['status'], session['type']], ['signed-in', 'appleSSO']);
    const { device_code } = done['authorization'] as { device_code: string };
    const tokens = await oauth.processDeviceCodeResponse(
      server,
      client,
      await oauth.deviceCodeGrantRequest(server, client, secret, device_code, here),
    );

    const play = await post(tokens.access_token, '/v1/authorize', { resource: 'REF30' });
    assert.equal(play['status'], 'permitted');
    const { actions } = (await post(tokens.access_token, '/v1/logout', {})) as {
      actions: Body[];
    };
    assert.deepEqual(
      actions.map(({ todo, url }) => [todo, url]),
      [['system-settings', undefined]],
    );
  });

  it('gives a code in place of it, with the reason, and polls as for any other', async () => {
    const { tv, ask } = await appleTv();
    const { status, body } = await ask(SIGN_IN, {}, DENIED);
    assert.equal(status, 200);
    const { authorization, session } = body as { authorization: Body; session: Body };
    assert.equal(body['status'], 'settled');
    assert.deepEqual([session['status'], session['fallback']], ['pending', 'pfs_fallback']);
    assert.equal(authorization['user_code'], session['userCode']);
    const { body: waiting } = await tv.poll(authorization['device_code']);
    assert.equal(waiting['error'], 'authorization_pending');
  });

  it('says why a framework’s answer led to a code', async () => {
    const { ask } = await appleTv();
    const { body: asked } = await ask(SIGN_IN, {}, vouching(NORTH));
    assert.equal(asked['status'], 'partner');
    const { body } = await ask(RESPONSE, { samlResponse: '<no/>' }, vouching(NORTH));
    const { fallback } = body['session'] as Body;
    assert.equal(fallback, 'invalid_parameter_saml_response');
    const nonsense = await ask(RESPONSE, { samlResponse: 'no' }, vouching(NORTH));
    assert.deepEqual([nonsense.status, nonsense.body['code']], [400, 'invalid_request']);
  });

  it('asks for the status with a play, and lets nobody down who forgot it', async () => {
    const { tv, own, ask } = await appleTv();
    const { body: asked } = await ask(SIGN_IN, {}, vouching(NORTH));
    const { request } = asked['authenticationRequest'] as { request: string };
    const samlResponse = frameworkAnswer({ request });
    const { body } = await ask(RESPONSE, { samlResponse }, vouching(NORTH));
    const { device_code } = body['authorization'] as Body;
    const { body: tokens } = await tv.poll(device_code);
    const token = String(tokens['access_token']);
    const play = { resource: 'REF30' };
    const forgotten = await ask('/v1/authorize', play, undefined, token);
    assert.deepEqual([forgotten.status, forgotten.body['code']], [400, 'partner_status_required']);
    const { body: standing } = await tv.send('/v1/session', { token: own });
    assert.equal(standing['status'], 'signed-in');
    const { body: permitted } = await ask('/v1/authorize', play, vouching(NORTH), token);
    assert.equal(permitted['status'], 'permitted');
  });

  it('tells that a sign-in of Apple’s is over, and may begin anew', async () => {
    const { sandbox } = farm.stack;
    sandbox.partnerSso({ profileLifeMs: 800 });
    const { tv, own, ask } = await appleTv();
    const { body: asked } = await ask(SIGN_IN, {}, vouching(NORTH));
    const { request } = asked['authenticationRequest'] as { request: string };
    await ask(RESPONSE, { samlResponse: frameworkAnswer({ request }) }, vouching(NORTH));
    sandbox.partnerSso({});
    const over = await eventually(async () => {
      const { body } = await tv.send('/v1/session', { token: own });
      return body['status'] === 'signed-out' && body;
    }, 'the sign-in is over');
    assert.deepEqual([over['reason'], over['partner']], ['profile-expired', 'Apple']);
    assert.equal((await ask(SIGN_IN, {}, vouching(NORTH))).body['status'], 'partner');
  });

  it('takes a status that can not be read for a mistake of the app, wherever it comes', async () => {
    const { tv, own } = await appleTv();
    const provider = { frameworkProviderInfo: { id: NORTH, expirationDate: 1 } };
    const number = { frameworkPermissionInfo: { accessStatus: 'granted' }, ...provider };
    const wrong = {
      'no Base64 of JSON': 'granted',
      'a number for milliseconds': Buffer.from(JSON.stringify(number)).toString('base64'),
    };
    for (const [what, value] of Object.entries(wrong)) {
      const headers = { 'ap-partner-framework-status': value };
      const { status, body } = await tv.send(SIGN_IN, { json: {}, token: own, headers });
      assert.equal(status, 400, what);
      assert.match(String(body['detail']), /^AP-Partner-Framework-Status can't be used: \S/);
      assert.equal((await tv.authorize({}, undefined, headers)).status, 400, what);
    }
  });

  it('keeps nobody from leaving, nor from a new token, for a status that can not be read', async () => {
    const tv = (await appleTv()).tv;
    const { body: shown } = await tv.authorize();
    await signIn(farm, shown['user_code']);
    const { body: tokens } = await pollUntilDone(tv, shown['device_code']);
    const headers = { 'ap-partner-framework-status': 'granted', 'x-device-info': 'none' };
    const again = { grant_type: 'refresh_token', refresh_token: String(tokens['refresh_token']) };
    const { status, body } = await tv.form('/oauth/token', again, undefined, headers);
    assert.equal(status, 200, JSON.stringify(body));
    const token = String(body['access_token']);
    const play = await tv.send('/v1/authorize', { token, json: { resource: 'REF30' }, headers });
    assert.equal(play.status, 400);
    const left = await tv.send('/v1/logout', { token, json: {}, headers });
    assert.deepEqual([left.status, left.body['status']], [200, 'signed-out']);
  });

  it('gives the app what Apple’s picker needs, and the way from its ids to providers', async () => {
    const { tv, own } = await appleTv();
    const { body } = await tv.send('/v1/mvpds', { token: own });
    assert.deepEqual(body['apple'], {
      supported: ['north-cable', 'sky-dish'],
      featured: ['north-cable', 'river-fiber'],
    });
    const mvpds = body['mvpds'] as Body[];
    const { displayName, logoUrl, ...north } = mvpds.find(({ id }) => id === 'NorthCable') ?? {};
    assert.ok(displayName && logoUrl);
    assert.deepEqual(north, {
      id: 'NorthCable',
      isTempPass: false,
      boardingStatus: 'SUPPORTED',
      platformMappingId: 'north-cable',
      enablePlatformServices: true,
      displayInPlatformPicker: true,
      enforcePlatformPermissions: true,
    });
    const other = await Tv.registered(farm);
    const elsewhere = await other.send('/v1/mvpds', { token: await other.ownToken() });
    assert.ok(!('apple' in elsewhere.body), 'not on other platforms');
  });
});
