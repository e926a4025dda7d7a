import assert from 'node:assert/strict';
import { EventSource } from 'eventsource';
import * as oauth from 'oauth4webapi';
import { type Farm, signIn, startFarm } from '../gateway/support.ts';
import { FACTS } from '../support/stack.ts';

const here = { [oauth.allowInsecureRequests]: true } as const;

describe('OAuth clients of npm, unmodified', function suite() {
  this.timeout(60_000);
  let farm: Farm;
  before(async () => {
    farm = await startFarm();
  });
  after(() => farm.stop());

  it('oauth4webapi, listening with eventsource, goes from registration to a refreshed token and a play', async () => {
    const issuer = new URL(farm.url);
    const discovery = await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...here });
    const server = await oauth.processDiscoveryResponse(issuer, discovery);
    const metadata = { software_statement: farm.statement, device: { ...FACTS } };
    const client = await oauth.processDynamicClientRegistrationResponse(
      await oauth.dynamicClientRegistrationRequest(server, metadata, here),
    );
    const secret = oauth.ClientSecretBasic(credential(client.client_secret));
    const own = await oauth.processClientCredentialsResponse(
      server,
      client,
      await oauth.clientCredentialsGrantRequest(server, client, secret, {}, here),
    );
    const shown = await oauth.processDeviceAuthorizationResponse(
      server,
      client,
      await oauth.deviceAuthorizationRequest(server, client, secret, { scope: 'tv' }, here),
    );
    const signedIn = heard(`${farm.url}/v1/events?until=signed-in`, own.access_token);
    await signIn(farm, shown.user_code);
    assert.deepEqual(await signedIn, ['code', 'signed-in']);

    const tokens = await oauth.processDeviceCodeResponse(
      server,
      client,
      await oauth.deviceCodeGrantRequest(server, client, secret, shown.device_code, here),
    );
    const refreshed = await oauth.processRefreshTokenResponse(
      server,
      client,
      await oauth.refreshTokenGrantRequest(
        server,
        client,
        secret,
        tokens.refresh_token ?? '',
        here,
      ),
    );
    assert.notEqual(refreshed.access_token, tokens.access_token);
    const play = await oauth.protectedResourceRequest(
      refreshed.access_token,
      'POST',
      new URL('/v1/authorize', issuer),
      new Headers({ 'content-type': 'application/json' }),
      JSON.stringify({ resource: 'REF30' }),
      here,
    );
    assert.equal(((await play.json()) as { status: string }).status, 'permitted');
  });
});

/** The names of events, until the sign-in. */
async function heard(url: string, token: string): Promise<string[]> {
  const names: string[] = [];
  const source = new EventSource(url, {
    fetch: (input, init) =>
      fetch(input, { ...init, headers: { ...init.headers, authorization: `Bearer ${token}` } }),
  });
  try {
    return await new Promise((resolve, reject) => {
      source.addEventListener('code', ({ type }) => names.push(type));
      source.addEventListener('signed-in', ({ type }) => resolve([...names, type]));
      source.addEventListener('error', ({ message }) => reject(new Error(message)));
    });
  } finally {
    source.close();
  }
}

function credential(value: unknown): string {
  return typeof value === 'string' ? value : assert.fail('there is no secret');
}
