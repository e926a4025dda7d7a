import assert from 'node:assert/strict';
import { preparedSamlResponse } from '../../src/adobe-pass/index.ts';
import { frameworkAnswer } from '../../src/sandbox/index.ts';
import { askFramework, redirect, signIn, statusOf } from '../contract/sandbox-scenarios.ts';
import { base64, type Device, registerDevice, startDevice } from './device.ts';

const NORTH = 'NorthCable';
const VALID = statusOf('north-cable');
const header = (status?: object) => ({
  headers: status ? { 'AP-Partner-Framework-Status': base64(status) } : {},
});

describe('sandbox: single sign-on by a partner', () => {
  let device: Device;
  beforeEach(async () => {
    device = await startDevice();
  });
  afterEach(() => device.sandbox.stop());

  const ask = (status?: object, fields: Record<string, string> = redirect) =>
    device.form('/REF30/sessions/sso/Apple', fields, header(status));
  const respond = (SAMLResponse: string, status?: object) =>
    device.form('/REF30/profiles/sso/Apple', { SAMLResponse }, header(status));
  const answered = async () => respond(await askFramework(device, VALID), VALID);
  const profiles = async (path: string, status?: object) =>
    (await device.api(`/REF30/profiles${path}`, header(status))).json;

  const provider = { id: 'north-cable', expirationDate: String(Date.now() + 60_000) };
  const granted = { accessStatus: 'granted' };
  const wrong: [code: string, status: object | undefined][] = [
    ['permission_access_not_present', undefined],
    ['permission_access_not_present', { frameworkProviderInfo: provider }],
    ['permission_access_not_determined', statusOf('north-cable', 'notDetermined')],
    ['permission_access_not_granted', statusOf('north-cable', 'denied')],
    ['permission_access_not_granted', statusOf('north-cable', 'restricted')],
    ['provider_id_not_determined', statusOf('nobody')],
    [
      'provider_id_not_determined',
      { frameworkPermissionInfo: granted, frameworkProviderInfo: { expirationDate: '1' } },
    ],
    ...['1735689600000', Date.now() + 60_000].map((expirationDate): [string, object] => [
      'provider_info_expired',
      {
        frameworkPermissionInfo: granted,
        frameworkProviderInfo: { id: 'north-cable', expirationDate },
      },
    ]),
    ['provider_id_mismatch', statusOf('sky-dish')],
  ];

  for (const [index, [code, status]] of wrong.entries()) {
    it(`refuses an answer beside a status with ${code} (${index + 1} of ${wrong.length})`, async () => {
      const { status: http, json } = await respond(await askFramework(device, VALID), status);
      assert.deepEqual([http, json.code, json.action], [400, `invalid_header_pfs_${code}`, 'none']);
    });
  }

  it('falls back where no question can be asked, with a code that is good for a login', async () => {
    for (const [code, status] of wrong.slice(0, -1)) {
      const { json } = await ask(status);
      assert.deepEqual(
        [json.actionName, json.actionType, json.reasonType],
        ['authenticate', 'interactive', 'pfs_fallback'],
        code,
      );
      assert.match(json.url, new RegExp(`/${json.code}$`));
    }
    const { json } = await ask(statusOf('river-fiber'));
    assert.deepEqual([json.reasonType, json.mvpd], ['configuration_fallback', 'RiverFiber']);
    const { domainName } = redirect;
    const { json: less } = await ask(VALID, { domainName });
    assert.deepEqual(
      [less.actionName, less.reasonType, less.missingParameters],
      ['resume', 'missing_parameters_fallback', ['mvpd', 'redirectUrl']],
    );
  });

  it('ends profiles of a partner, too, when a provider does', async () => {
    const { json: signedIn } = await answered();
    assert.ok(signedIn.profiles[NORTH]);
    const decide = async () => {
      const body = { resources: ['REF30'] };
      return device.json(`/REF30/decisions/authorize/${NORTH}`, body, header(VALID));
    };
    device.sandbox.endMvpdSessions(NORTH);
    const [decision] = (await decide()).json.decisions;
    assert.equal(decision.error.code, 'authorization_denied_by_session_invalidated');
    device.sandbox.invalidateProfiles(NORTH);
    assert.equal((await decide()).json.code, 'authenticated_profile_invalidated');
    assert.deepEqual((await profiles('/sso', VALID)).profiles ?? {}, {});
  });

  it('takes the answer to a question of this device once, encoded once, on one line', async () => {
    const xml = frameworkAnswer((await ask(VALID)).json.authenticationRequest);
    const prepared = preparedSamlResponse(xml) ?? '';
    const other = await registerDevice(device.sandbox);
    const path = '/REF30/profiles/sso/Apple';
    const elsewhere = await other.form(path, { SAMLResponse: prepared }, header(VALID));
    const refused = [
      elsewhere,
      await respond(xml, VALID),
      await respond(Buffer.from(xml).toString('base64'), VALID),
      await respond(encodeURIComponent(prepared), VALID),
      await respond('', VALID),
    ];
    for (const { status, json } of refused) {
      assert.deepEqual([status, json.code], [400, 'invalid_parameter_saml_response']);
    }
    assert.equal((await respond(prepared, VALID)).status, 201);
    assert.equal((await respond(prepared, VALID)).json.code, 'invalid_parameter_saml_response');
  });

  it('shows the profile to whom the framework vouches for, and decides by it', async () => {
    assert.equal((await answered()).status, 201);
    for (const path of ['', `/${NORTH}`]) {
      const { type, issuer } = (await profiles(path, VALID)).profiles[NORTH];
      assert.deepEqual([type, issuer], ['appleSSO', 'Apple']);
      for (const [, status] of wrong.slice(0, -1)) {
        assert.deepEqual(await profiles(path, status), { profiles: {} });
      }
    }
    const mismatch = 'invalid_header_pfs_provider_id_mismatch';
    assert.equal((await profiles(`/${NORTH}`, statusOf('sky-dish'))).code, mismatch);
    const path = `/REF30/decisions/authorize/${NORTH}`;
    const decide = (status?: object) => device.json(path, { resources: ['news'] }, header(status));
    assert.equal((await decide(VALID)).json.decisions[0].authorized, true);
    assert.equal((await decide()).json.code, 'authenticated_profile_missing');
    assert.equal((await decide(statusOf('sky-dish'))).json.code, mismatch);
  });

  it('knows a viewer who is signed in, by whatever', async () => {
    await answered();
    assert.equal((await ask(VALID)).json.reasonType, 'authenticatedSSO');
    await signIn(device, NORTH);
    const { json } = await ask(VALID);
    assert.deepEqual([json.actionName, json.reasonType], ['authorize', 'authenticated']);
    assert.equal(json.code, undefined);
  });

  it('knows one partner, and takes no status with a logout', async () => {
    const pear = await device.form('/REF30/sessions/sso/Pear', redirect, header(VALID));
    assert.deepEqual([pear.status, pear.json.code], [400, 'invalid_parameter_partner']);
    const path = `/REF30/logout/${NORTH}?redirectUrl=https%3A%2F%2Ftv.example`;
    assert.equal((await device.api(path, header(VALID))).json.code, 'invalid_request_header');
  });

  it('is switched over HTTP too, and plays the framework', async () => {
    const control = async (name: string, body: object) => {
      const url = `${device.sandbox.url}/_sandbox/${name}`;
      const response = await fetch(url, { method: 'POST', body: JSON.stringify(body) });
      return (await response.json()) as Record<string, string>;
    };
    await control('partner-sso', { fallback: 'configuration_fallback' });
    assert.equal((await ask(VALID)).json.reasonType, 'configuration_fallback');
    assert.match(String((await control('partner-sso', { fallback: 'x' }))['error']), /^fallback: /);
    await control('partner-sso', {});
    const { request } = (await ask(VALID)).json.authenticationRequest;
    const { samlResponse = '' } = await control('partner-framework', { request });
    const { status } = await respond(preparedSamlResponse(samlResponse) ?? '', VALID);
    assert.equal(status, 201);
    assert.match(String((await control('partner-framework', { request: 'x' }))['error']), /mine/);
  });
});
