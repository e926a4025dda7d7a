import assert from 'node:assert/strict';
import { signInAsViewer } from '../../src/sandbox/index.ts';
import { base64, deviceHeaders, startDevice } from './device.ts';
import type { Device, Json } from './device.ts';

describe('sandbox: decisions', () => {
  let device: Device;
  beforeEach(async () => (device = await startDevice({ tempPassLifeMs: 60_000 })));
  afterEach(() => device.sandbox.stop());

  const ask = (kind: string, resources: string[], mvpd = 'NorthCable') =>
    device.json(`/REF30/decisions/${kind}/${mvpd}`, { resources });
  const decide = async (kind: string, resources: string[], mvpd?: string) =>
    (await ask(kind, resources, mvpd)).json.decisions;
  const signIn = async (username = 'viewer') => {
    const { url } = (await device.signInSession()).json;
    await signInAsViewer(`${device.sandbox.url}${url}`, { username });
  };

  it('permits a channel with a fresh media token each time', async () => {
    await signIn();
    const [first] = await decide('authorize', ['REF30']);
    const [second] = await decide('authorize', ['REF30']);
    assert.equal(first.authorized, true);
    assert.equal(first.source, 'mvpd');
    assert.equal(first.token.notAfter - first.token.notBefore, 420_000);
    const text = Buffer.from(first.token.serializedToken, 'base64').toString();
    assert.match(text, /^<signatureInfo>/);
    assert.notEqual(first.token.serializedToken, second.token.serializedToken);
    assert.ok(device.sandbox.secrets().includes(first.token.serializedToken));
  });

  it('preauthorizes a list without tokens', async () => {
    await signIn();
    const decisions = await decide('preauthorize', ['city-one', 'premium-movies']);
    assert.deepEqual(decisions[0], {
      resource: 'city-one',
      serviceProvider: 'REF30',
      mvpd: 'NorthCable',
      source: 'mvpd',
      authorized: true,
    });
    assert.equal(decisions[1].error.code, 'preauthorization_denied_by_mvpd');
    assert.ok(decisions[1].error.details);
  });

  it('denies per item with HTTP 200', async () => {
    await signIn();
    const reply = await ask('authorize', ['premium-movies', 'parental-late']);
    assert.equal(reply.status, 200);
    const codes = reply.json.decisions.map((decision: Json) => decision.error.code);
    assert.deepEqual(codes, [
      'authorization_denied_by_mvpd',
      'authorization_denied_by_parental_controls',
    ]);
    const [first] = await decide('authorize', ['flaky-one']);
    assert.deepEqual([first.error.code, first.error.action], ['network_received_error', 'retry']);
    assert.equal((await decide('authorize', ['flaky-one']))[0].authorized, true);
  });

  it('denies everything to a viewer without a subscription', async () => {
    await signIn('nosub');
    assert.equal(
      (await decide('authorize', ['REF30']))[0].error.code,
      'authorization_denied_by_mvpd',
    );
  });

  it('takes MRSS and echoes resources, one with a trailing blank', async () => {
    await signIn();
    const mrss = (id: string) => `<rss version="2.0"><channel><title>${id}</title></channel></rss>`;
    const decisions = await decide('authorize', [
      mrss('city-one'),
      mrss('premium-x'),
      'trailing-blank',
    ]);
    assert.deepEqual(
      decisions.map((d: Json) => [d.resource, d.authorized]),
      [
        [mrss('city-one'), true],
        [mrss('premium-x'), false],
        ['trailing-blank ', true],
      ],
    );
  });

  it('tells a missing profile from an expired one', async () => {
    const missing = await ask('authorize', ['REF30']);
    assert.deepEqual([missing.status, missing.json.code], [403, 'authenticated_profile_missing']);
    await signIn();
    device.sandbox.endProfiles();
    assert.equal((await ask('authorize', ['REF30'])).json.code, 'authenticated_profile_expired');
    assert.deepEqual((await device.api('/REF30/profiles')).json, { profiles: {} });
  });

  it('follows degradation rules', async () => {
    device.sandbox.degrade({ mvpd: 'NorthCable', kind: 'AuthNAll' });
    const [open] = await decide('authorize', ['premium-x']);
    assert.deepEqual([open.source, open.authorized], ['degradation', true]);
    device.sandbox.degrade({ mvpd: 'NorthCable', kind: 'AuthZNone' });
    assert.equal((await ask('authorize', ['x'])).json.code, 'authenticated_profile_missing');
    await signIn();
    const [none] = await decide('authorize', ['x']);
    assert.equal(none.error.code, 'authorization_denied_by_degradation_rule');
    device.sandbox.degrade({ mvpd: 'NorthCable', kind: 'AuthZAll' });
    const [all] = await decide('authorize', ['premium-x']);
    assert.deepEqual([all.authorized, all.notAfter], [true, undefined]);
  });

  it('permits a TempPass until its time is over', async () => {
    const brief = await startDevice({ tempPassLifeMs: 1 });
    const path = '/REF30/decisions/authorize/TempPass_Preview';
    const first = (await brief.json(path, { resources: ['REF30'] })).json.decisions[0];
    assert.equal(first.source, 'temppass');
    const since = Date.now();
    while (Date.now() < since + 2) await new Promise(setImmediate);
    const over = await brief.json(path, { resources: ['REF30'] });
    assert.equal(over.status, 200);
    assert.equal(over.json.decisions[0].error.code, 'temporary_access_duration_limit_exceeded');
    const profile = await brief.api('/REF30/profiles/TempPass_Preview');
    assert.deepEqual(
      [profile.status, profile.json.code],
      [403, 'temporary_access_duration_limit_exceeded'],
    );
    const actions = [over.json.decisions[0].error.action, profile.json.action];
    assert.deepEqual(actions, ['authentication', 'authentication']);
    await brief.sandbox.stop();
  });

  it('counts the titles of a promotional TempPass, by device or identity', async () => {
    const two = await startDevice({ tempPassTitles: 2 });
    const other = { ...deviceHeaders, 'AP-Device-Identifier': 'fingerprint b3RoZXI=' };
    const of = (email: string, headers = {}) => ({
      headers: { ...headers, 'AP-TempPass-Identity': base64({ email }) },
    });
    const play = async (resource: string, options = {}) =>
      (
        await two.json(
          '/REF30/decisions/authorize/TempPass_Titles',
          { resources: [resource] },
          options,
        )
      ).json.decisions[0];
    const left = async (options: object) =>
      (await two.api('/REF30/profiles/TempPass_Titles', options)).json;
    const unknown = 'invalid_header_identity_for_temporary_access';
    assert.equal((await play('a')).error.code, unknown);
    assert.equal((await left({})).code, unknown);
    for (const title of ['a', 'a']) assert.equal((await play(title, of('h1'))).authorized, true);
    const { attributes } = (await left(of('h1'))).profiles.TempPass_Titles;
    assert.equal(attributes.remaining_resources.value, 1);
    assert.deepEqual(attributes.used_assets.value, ['a']);
    assert.equal((await play('b', of('h2'))).authorized, true, 'the device is known');
    const usedUp = 'temporary_access_resources_limit_exceeded';
    assert.equal((await play('c', of('h1', other))).error.code, usedUp, 'the identity is known');
    // The page of this call has an action of its own.
    const profile = await left(of('h1'));
    assert.deepEqual([profile.code, profile.action], [usedUp, 'none']);
    await two.sandbox.stop();
  });
});
