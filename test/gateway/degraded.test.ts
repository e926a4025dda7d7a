import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import * as oauth from 'openid-client';
import { APPLE_TV, NORTH, vouching } from '../flows/apple.ts';
import { OAuthTv } from '../flows/oauth-tv.ts';
import { FACTS } from '../support/stack.ts';
import { type Farm, logIn, pollUntilDone, signIn, startFarm, Tv } from './support.ts';

const SKY = { id: 'SkyDish' };
const WORDS = 'Back at eight.';
const LIFE_MS = 2_000;

describe('degraded access at the gateway [ATN-17]', () => {
  let farm: Farm;
  before(async () => {
    farm = await startFarm({ sandbox: { degradedLifeMs: LIFE_MS } });
  });
  after(() => farm.stop());
  afterEach(() => farm.stack.sandbox.undegrade());

  const begin = async (tv: Tv, mvpd: object) =>
    tv.send('/v1/authenticate', { token: await tv.ownToken(), json: { mvpd } });

  it('needs no code, is named as what it is, and ends in one', async () => {
    const { sandbox } = farm.stack;
    sandbox.degrade({ mvpd: SKY.id, kind: 'AuthNAll' });
    const tv = await Tv.registered(farm);
    const { body } = await begin(tv, SKY);
    const authorization = body['authorization'] as Record<string, unknown>;
    assert.equal(authorization['user_code'], 'SIGNED-IN');
    assert.equal((body['session'] as Record<string, unknown>)['type'], 'degraded');
    const { body: tokens } = await pollUntilDone(tv, authorization['device_code']);
    const token = String(tokens['access_token']);
    const play = await tv.send('/v1/authorize', { token, json: { resource: 'premium-1' } });
    assert.deepEqual([play.body['status'], play.body['source']], ['permitted', 'degradation']);
    await begin(tv, SKY);
    const { status, body: session } = await tv.send('/v1/session', { token });
    assert.deepEqual([status, session['type']], [200, 'degraded'], 'the token goes on');

    sandbox.undegrade();
    const denied = await tv.send('/v1/authorize', { token, json: { resource: 'REF30' } });
    assert.deepEqual(
      [denied.status, denied.body['action'], denied.body['code']],
      [200, 'authentication', 'authenticated_profile_missing'],
    );
    const { body: shown } = await tv.authorize();
    assert.notEqual(shown['user_code'], 'SIGNED-IN');
  });

  it('goes on while the rule holds, and so does the refresh token', async () => {
    farm.stack.sandbox.degrade({ mvpd: SKY.id, kind: 'AuthNAll' });
    const tv = await Tv.registered(farm);
    const { body } = await begin(tv, SKY);
    const { device_code: deviceCode } = body['authorization'] as Record<string, unknown>;
    const { body: tokens } = await pollUntilDone(tv, deviceCode);
    await setTimeout(LIFE_MS + 500);
    const { body: session } = await tv.send('/v1/session', {
      token: String(tokens['access_token']),
    });
    assert.deepEqual([session['status'], session['type']], ['signed-in', 'degraded']);
    const again = await tv.refresh(tokens['refresh_token']);
    assert.equal(again.status, 200, JSON.stringify(again.body));
  });

  it('lets an Apple TV in whose framework knows a viewer of another provider', async () => {
    farm.stack.sandbox.degrade({ mvpd: SKY.id, kind: 'AuthNAll' });
    const tv = new Tv(farm);
    const { body: client } = await tv.register({ device: APPLE_TV });
    tv.clientId = String(client['client_id']);
    tv.clientSecret = String(client['client_secret']);
    const status = Buffer.from(JSON.stringify(vouching(NORTH))).toString('base64');
    const { body } = await tv.send('/v1/authenticate', {
      json: { mvpd: SKY },
      token: await tv.ownToken(),
      headers: { 'ap-partner-framework-status': status },
    });
    assert.equal((body['session'] as Record<string, unknown>)['type'], 'degraded');
  });

  it('lets a standard OAuth client in, and then asks it for a code', async () => {
    const { sandbox } = farm.stack;
    sandbox.degrade({ mvpd: SKY.id, kind: 'AuthNAll' });
    const config = await oauth.dynamicClientRegistration(
      new URL(farm.url),
      { software_statement: farm.statement, response_types: [], device: { ...FACTS } },
      oauth.ClientSecretPost(),
      { algorithm: 'oauth2', execute: [oauth.allowInsecureRequests] },
    );
    const get = async (token: string, path: string, json?: object) => {
      const url = new URL(farm.url + path);
      const headers = new Headers({ 'content-type': 'application/json' });
      const answer = await (json
        ? oauth.fetchProtectedResource(config, token, url, 'POST', JSON.stringify(json), headers)
        : oauth.fetchProtectedResource(config, token, url, 'GET'));
      return (await answer.json()) as Record<string, unknown>;
    };
    const own = await oauth.clientCredentialsGrant(config, { scope: 'device' });
    const begun = await get(own.access_token, '/v1/authenticate', { mvpd: SKY });
    const granted = begun['authorization'] as oauth.DeviceAuthorizationResponse;
    const tokens = await oauth.pollDeviceAuthorizationGrant(config, granted);
    assert.equal((await get(tokens.access_token, '/v1/session'))['type'], 'degraded');

    sandbox.undegrade();
    const play = { resource: 'REF30' };
    const { status } = await get(tokens.access_token, '/v1/authorize', play);
    assert.equal(status, 'denied');
    const shown = await oauth.initiateDeviceAuthorization(config, { scope: 'tv' });
    const [viewer] = await Promise.all([
      oauth.pollDeviceAuthorizationGrant(config, shown),
      signIn(farm, shown.user_code, SKY.id),
    ]);
    assert.equal((await get(viewer.access_token, '/v1/session'))['type'], 'regular');
  });

  it('tells whose word a denial is, and what viewers should read', async () => {
    const tv = await Tv.registered(farm);
    const token = await logIn(tv);
    const kind = 'AuthZNone';
    farm.stack.sandbox.degrade({ mvpd: 'NorthCable', kind, message: WORDS });
    const { body } = await tv.send('/v1/authorize', { token, json: { resource: 'REF30' } });
    assert.deepEqual(
      [body['status'], body['source'], body['code'], body['action'], body['details']],
      ['denied', 'degradation', 'authorization_denied_by_degradation_rule', 'none', WORDS],
    );
  });

  it('permits all, or nothing, to an OAuth client that knows nothing of us (F12, F13)', async () => {
    const { sandbox } = farm.stack;
    const tv = await OAuthTv.registered(farm);
    const shown = await tv.showCode();
    await signIn(farm, shown.user_code);
    const token = await tv.signedIn(shown);
    const mvpd = 'NorthCable';
    const play = async (resource: string) => tv.ask(token, '/v1/authorize', { resource });
    sandbox.degrade({ mvpd, kind: 'AuthZAll' });
    const permitted = await play('premium-one');
    assert.deepEqual([permitted['status'], permitted['source']], ['permitted', 'degradation']);
    sandbox.degrade({ mvpd, kind: 'AuthZNone', message: WORDS });
    const denied = await play('REF30');
    assert.deepEqual([denied['status'], denied['source']], ['denied', 'degradation']);
    assert.equal(denied['details'], WORDS);
    sandbox.undegrade();
    assert.equal((await play('REF30'))['status'], 'permitted', 'nobody was signed out');
  });
});
