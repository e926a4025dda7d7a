import assert from 'node:assert/strict';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { IdentityService } from '../service-tokens/support.ts';
import { createTokens, signInAnotherApp } from './another-app.ts';
import { type Device, startDevice } from './device.ts';

describe("the sandbox's control over service tokens", () => {
  let sandbox: Sandbox;
  before(async () => {
    sandbox = await startSandbox({ throttle: false });
  });
  after(() => sandbox.stop());

  const post = async (path: string, body: object) => {
    const response = await fetch(`${sandbox.url}/_sandbox/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };

  it('takes public keys, and switches an integration on and off', async () => {
    const { publicKey } = await IdentityService.open();
    assert.equal((await post('service-token-keys', { publicKey, kid: 'one' })).status, 200);
    const sso = async () => {
      const response = await fetch(`${sandbox.url}/_sandbox/state`);
      return ((await response.json()) as Record<string, unknown>)['serviceTokenSso'];
    };
    assert.deepEqual(await sso(), []);
    await post('service-token-sso', { mvpd: 'NorthCable' });
    assert.deepEqual(await sso(), ['NorthCable']);
    await post('service-token-sso', { mvpd: 'NorthCable', enabled: false });
    assert.deepEqual(await sso(), []);
  });

  it('refuses what is no key, and MVPDs that there are not', async () => {
    for (const [path, body, words] of [
      ['service-token-keys', { publicKey: 'x' }, /no public key in PEM/],
      ['service-token-sso', { mvpd: 'Nobody' }, /no MVPD 'Nobody'/],
    ] as const) {
      const { status, body: said } = await post(path, body);
      assert.equal(status, 400);
      assert.match(String(said['error']), words);
    }
  });
});

describe('a sign-in that the sandbox finds by a service token', () => {
  const tokens = createTokens();
  const headers = tokens.headers('viewer');
  const fields = {
    mvpd: 'NorthCable',
    domainName: 'example.com',
    redirectUrl: 'https://a.example',
  };
  let device: Device;
  beforeEach(async () => {
    device = await startDevice();
    await signInAnotherApp(device, tokens, 'viewer');
  });
  afterEach(() => device.sandbox.stop());

  const profileOf = async (given: Record<string, string>, path = '/REF30/profiles/NorthCable') =>
    (await device.api(path, { headers: given })).json.profiles.NorthCable;

  it('is told as such by profiles, sessions and decisions', async () => {
    assert.equal((await profileOf(headers)).type, 'serviceTokenSSO');
    assert.equal((await profileOf(headers, '/REF30/profiles')).type, 'serviceTokenSSO');
    const { json: session } = await device.form('/REF30/sessions', fields, { headers });
    assert.deepEqual(
      [session.actionName, session.reasonType, session.code],
      ['authorize', 'authenticatedSSO', undefined],
    );
    const ask = { resources: ['REF30'] };
    const path = '/REF30/decisions/authorize/NorthCable';
    const { json: permitted } = await device.json(path, ask, { headers });
    assert.equal(permitted.decisions[0].authorized, true);
    assert.equal((await device.json(path, ask)).json.code, 'authenticated_profile_missing');
  });

  it('is none without a good token, with no word of it', async () => {
    for (const bad of [
      {},
      tokens.headers('somebody'),
      tokens.headers('viewer', { exp: 1 }),
      tokens.headers('viewer', { aud: 'others' }),
      createTokens().headers('viewer'),
      { 'AD-Service-Token': 'x' },
    ]) {
      assert.equal(await profileOf(bad), undefined);
      const { json: session } = await device.form('/REF30/sessions', fields, { headers: bad });
      assert.equal(session.actionName, 'authenticate');
    }
    device.sandbox.switchServiceTokenSso({ mvpd: 'NorthCable', enabled: false });
    assert.equal(await profileOf(headers), undefined);
  });

  it('ends for all by a logout with the token, and by none without', async () => {
    const logout = async (given: Record<string, string>) =>
      (
        await device.api('/REF30/logout/NorthCable?redirectUrl=https%3A%2F%2Fa.example', {
          headers: given,
        })
      ).json.logouts.NorthCable.actionName;
    assert.equal(await logout({}), 'invalid');
    assert.ok(await profileOf(headers));
    assert.equal(await logout(headers), 'logout');
    assert.equal(await profileOf(headers), undefined);
    const state = await fetch(`${device.sandbox.url}/_sandbox/state`);
    assert.deepEqual(((await state.json()) as { profiles: unknown[] }).profiles, []);
  });
});
