import assert from 'node:assert/strict';
import * as oauth from 'openid-client';
import { signInAsViewer } from '../../src/sandbox/index.ts';
import { OAuthTv } from '../flows/oauth-tv.ts';
import { FACTS } from '../support/stack.ts';
import { type Farm, signIn, startFarm } from './support.ts';

describe('openid-client, unmodified', () => {
  let farm: Farm;
  before(async () => {
    farm = await startFarm();
  });
  after(() => farm.stop());

  for (const [method, authentication] of [
    ['client_secret_post', oauth.ClientSecretPost],
    ['client_secret_basic', oauth.ClientSecretBasic],
  ] as const) {
    it(`goes from registration to a refreshed token, by ${method}`, async () => {
      const config = await oauth.dynamicClientRegistration(
        new URL(farm.url),
        {
          software_statement: farm.statement,
          token_endpoint_auth_method: method,
          grant_types: [
            'urn:ietf:params:oauth:grant-type:device_code',
            'refresh_token',
            'client_credentials',
          ],
          response_types: [],
          device: { ...FACTS },
        },
        authentication(),
        { algorithm: 'oauth2', execute: [oauth.allowInsecureRequests] },
      );
      const shown = await oauth.initiateDeviceAuthorization(config, { scope: 'tv' });
      const [tokens] = await Promise.all([
        oauth.pollDeviceAuthorizationGrant(config, shown),
        signIn(farm, shown.user_code),
      ]);
      assert.equal(tokens.token_type, 'bearer');
      const refreshed = await oauth.refreshTokenGrant(config, tokens.refresh_token ?? '');
      const session = await oauth.fetchProtectedResource(
        config,
        refreshed.access_token,
        new URL(`${farm.url}/v1/session`),
        'GET',
      );
      assert.equal(((await session.json()) as { status: string }).status, 'signed-in');

      const own = await oauth.clientCredentialsGrant(config, { scope: 'device' });
      assert.equal(own.scope, 'device');
      await oauth.tokenRevocation(config, tokens.refresh_token ?? '');
      await assert.rejects(oauth.refreshTokenGrant(config, tokens.refresh_token ?? ''), {
        error: 'invalid_grant',
      });
    });
  }

  it('names the provider before the code (F3)', async () => {
    const tv = await OAuthTv.registered(farm);
    const wanted = { mvpd: { id: 'NorthCable' }, screen: 'second' };
    const { authorization, session } = await tv.ask(
      await tv.ownToken(),
      '/v1/authenticate',
      wanted,
    );
    const shown = authorization as oauth.DeviceAuthorizationResponse;
    await signInAsViewer(String((session as { url?: string }).url));
    const play = await tv.ask(await tv.signedIn(shown), '/v1/authorize', { resource: 'REF30' });
    assert.equal(play['status'], 'permitted');
  });
});
