import assert from 'node:assert/strict';
import type { PlatformTokenWanted } from '../../src/sandbox/index.ts';
import { signInAsViewer } from '../../src/sandbox/index.ts';
import { type Device, type Json, registerDevice, startDevice } from './device.ts';

const HEADERS = {
  amazon: 'Adobe-Subject-Token',
  roku: 'X-Roku-Reserved-Roku-Connect-Token',
} as const;

describe('sandbox: platform identities', () => {
  let first: Device;
  let second: Device;
  before(async () => {
    first = await startDevice();
    second = await registerDevice(first.sandbox);
  });
  after(() => first.sandbox.stop());
  afterEach(() => first.sandbox.reset());
  beforeEach(async () => {
    first = await registerDevice(first.sandbox);
    second = await registerDevice(first.sandbox);
  });

  const bearing = (wanted: Partial<PlatformTokenWanted> = {}) => {
    const { platform = 'amazon' } = wanted;
    const token = first.sandbox.platformToken({ subject: 'one', ...wanted, platform });
    return { headers: { [HEADERS[platform]]: token } };
  };
  const session = (device: Device, mvpd: string, bearer: { headers: Record<string, string> }) =>
    device.form(
      '/REF30/sessions',
      { mvpd, domainName: 'example.com', redirectUrl: `${device.sandbox.url}/_sandbox/state` },
      bearer,
    );
  const signIn = async (mvpd = 'SkyDish', bearer = bearing()) => {
    const { json } = await session(first, mvpd, bearer);
    await signInAsViewer(first.sandbox.url + String(json.url));
    return String(json.code);
  };
  const profiles = async (device: Device, bearer = {}) =>
    (await device.api('/REF30/profiles', bearer)).json.profiles;

  it('shares the profile of a login with who has the same, until it ends [SSO-03]', async () => {
    for (const platform of ['amazon', 'roku'] as const) {
      await signIn('SkyDish', bearing({ platform }));
      const own = (await profiles(first)).SkyDish;
      const { SkyDish: shared } = await profiles(second, bearing({ platform, form: 'jwe' }));
      assert.deepEqual(
        [own.type, shared.type, shared.issuer],
        ['regular', 'platformSSO', 'SkyDish'],
      );
      assert.equal(shared.notAfter, own.notAfter, 'of the first app');
      assert.deepEqual(shared.attributes.userID, own.attributes.userID);
      const one = await second.api('/REF30/profiles/SkyDish', bearing({ platform }));
      assert.deepEqual(one.json.profiles.SkyDish, shared);
      first.sandbox.endProfiles();
      assert.deepEqual(await profiles(second, bearing({ platform })), {});
    }
  });

  it('serves whoever brings none, or one that is none, as without', async () => {
    await signIn();
    const none = [
      {},
      { headers: { [HEADERS.amazon]: 'nonsense' } },
      { headers: { [HEADERS.amazon]: '' } },
      bearing({ expiresInMs: -1 }),
      bearing({ broken: true }),
      bearing({ broken: true, form: 'jwe' }),
      bearing({ subject: 'another' }),
      bearing({ platform: 'roku' }),
      { headers: { [HEADERS.roku]: bearing().headers['Adobe-Subject-Token'] ?? '' } },
    ];
    for (const bearer of none) assert.deepEqual(await profiles(second, bearer), {});
  });

  it('answers sessions and decisions by it, and neither resume nor profiles by code', async () => {
    await signIn();
    const direct = await session(second, 'SkyDish', bearing());
    const { actionName, actionType, reasonType } = direct.json;
    assert.deepEqual(
      [actionName, actionType, reasonType],
      ['authorize', 'direct', 'authenticatedSSO'],
    );
    const resources = { resources: ['REF30'] };
    const path = '/REF30/decisions/authorize/SkyDish';
    const permit = await second.json(path, resources, bearing());
    assert.ok(permit.json.decisions[0].authorized);
    const missing = await second.json(path, resources);
    assert.equal(missing.json.code, 'authenticated_profile_missing');
    const { json: waiting } = await second.form('/REF30/sessions', {}, bearing());
    const resumed = await second.form(
      `/REF30/sessions/${String(waiting.code)}`,
      { mvpd: 'SkyDish', domainName: 'example.com', redirectUrl: 'https://example.com/' },
      { bare: true },
    );
    assert.equal(resumed.json.actionName, 'authenticate');
    const byCode = await second.api(`/REF30/profiles/code/${String(waiting.code)}`, { bare: true });
    assert.deepEqual(byCode.json.profiles, {});
  });

  it('ends all profiles of a provider with one logout, and only with the token', async () => {
    await signIn();
    await signIn('RiverFiber');
    const logout = async (bearer = {}) =>
      (await second.api('/REF30/logout/SkyDish?redirectUrl=https%3A%2F%2Fexample.com', bearer)).json
        .logouts.SkyDish.actionName as string;
    assert.equal(await logout(), 'invalid');
    assert.equal(await logout(bearing()), 'complete');
    assert.deepEqual(Object.keys(await profiles(first)), ['RiverFiber']);
    assert.deepEqual(Object.keys(await profiles(second, bearing())), ['RiverFiber']);
  });

  it('shares nothing of providers that want a login for each app', async () => {
    await signIn('HarborTel');
    assert.deepEqual(await profiles(second, bearing()), {});
    const { requestor } = (await first.api('/REF30/configuration')).json;
    const alone = (requestor.mvpds as Json[]).filter((mvpd: Json) => mvpd.authPerAggregator);
    assert.deepEqual(
      alone.map(({ id }: Json) => id as string),
      ['HarborTel'],
    );
  });

  it('gives tokens by the control API, and keeps them among its secrets', async () => {
    const { url } = first.sandbox;
    const post = async (body: object) =>
      fetch(`${url}/_sandbox/platform-tokens`, { method: 'POST', body: JSON.stringify(body) });
    const made = await post({ platform: 'roku', subject: 'one', form: 'jwe' });
    const { token } = (await made.json()) as { token: string };
    assert.equal(token.split('.').length, 5);
    assert.ok(first.sandbox.secrets().includes(token));
    assert.equal((await post({ platform: 'atari', subject: 'one' })).status, 400);
    await profiles(first, {
      headers: { [HEADERS.amazon]: 'a.b.c', 'AP-Visitor-Identifier': '4711' },
    });
    for (const secret of ['a.b.c', '4711']) assert.ok(first.sandbox.secrets().includes(secret));
  });
});
