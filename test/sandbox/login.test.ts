import assert from 'node:assert/strict';
import { signInAsViewer } from '../../src/sandbox/index.ts';
import { deviceHeaders, registerDevice, startDevice } from './device.ts';
import type { Device } from './device.ts';

describe('sandbox: sessions, login and profiles', () => {
  let device: Device;
  beforeEach(async () => (device = await startDevice()));
  afterEach(() => device.sandbox.stop());

  const byCode = async (code: string) => device.api(`/REF30/profiles/code/${code}`, { bare: true });
  const signIn = async (fields: Record<string, string> = {}, username = 'viewer') => {
    const { url, code } = (await device.signInSession(fields)).json;
    const visit = await signInAsViewer(`${device.sandbox.url}${url}`, { username });
    return { code, visit };
  };

  it('lists its channels and providers', async () => {
    const { json, type } = await device.api('/REF30/configuration/', { bare: true });
    assert.equal(type, 'application/json;charset=UTF-8');
    const cable = json.requestor.mvpds.find(({ id }: { id: string }) => id === 'NorthCable');
    assert.match(await (await fetch(cable.logoUrl)).text(), /^<svg/);
    assert.ok(json.requestor.mvpds.some((mvpd: { isTempPass?: boolean }) => mvpd.isTempPass));
  });

  it('signs a viewer in through the browser', async () => {
    const session = await device.signInSession();
    assert.equal(session.json.actionName, 'authenticate');
    assert.match(session.json.code, /^[A-HJ-NP-Z2-9]{7}$/);
    assert.equal(Number(session.json.notAfter) - Number(session.json.notBefore), 1_800_000);
    assert.equal(typeof session.json.notAfter, 'string');
    assert.deepEqual((await byCode(session.json.code)).json, { profiles: {} });

    const visit = await signInAsViewer(`${device.sandbox.url}${session.json.url}`);
    assert.equal(visit.finalUrl, `${device.sandbox.url}/_sandbox/state`);
    assert.ok(visit.hops.some((hop) => hop.includes('/mvpd/NorthCable/login')));

    const { NorthCable } = (await byCode(session.json.code)).json.profiles;
    assert.equal(NorthCable.type, 'regular');
    assert.equal(typeof NorthCable.notAfter, 'number');
    assert.equal(NorthCable.attributes.zip.state, 'enc');
    assert.ok(device.sandbox.secrets().includes(NorthCable.attributes.userID.value));
    for (const path of ['/REF30/profiles', '/REF30/profiles/NorthCable']) {
      assert.deepEqual((await device.api(path)).json, { profiles: { NorthCable } });
    }
    const again = await device.signInSession();
    assert.deepEqual(
      [again.json.actionName, again.json.reasonType],
      ['authorize', 'authenticated'],
    );
    assert.equal(again.json.code, undefined);
  });

  it('binds the profile to client, device and channel', async () => {
    await signIn();
    const empty = { profiles: {} };
    const headers = { 'AP-Device-Identifier': 'fingerprint b3RoZXI=' };
    assert.deepEqual((await device.api('/REF30/profiles', { headers })).json, empty);
    assert.deepEqual((await device.api('/CITYTV/profiles')).json, empty);
    const other = await registerDevice(device.sandbox);
    assert.deepEqual((await other.api('/REF30/profiles')).json, empty);
    assert.deepEqual((await other.api('/REF30/profiles/NorthCable')).json, empty);
  });

  it('shows a refused viewer the login page again', async () => {
    const { code, visit } = await signIn({}, 'denied');
    assert.match(visit.finalUrl, /\/mvpd\/NorthCable\/login$/);
    assert.deepEqual((await byCode(code)).json, { profiles: {} });
  });

  it('ends at an address the browser cannot open', async () => {
    const { visit } = await signIn({ redirectUrl: 'myapp://signed-in' });
    assert.equal(visit.finalUrl, 'myapp://signed-in');
  });

  it('does not finish a login in a browser that lost its cookies', async () => {
    const { url } = (await device.signInSession()).json;
    const saml = await fetch(`${device.sandbox.url}${url}`);
    const relay = new URL(saml.url).searchParams.get('RelayState') ?? '';
    const body = new URLSearchParams({ RelayState: relay, username: 'a', password: 'b' });
    const end = await fetch(new URL('/mvpd/NorthCable/login', device.sandbox.url), {
      method: 'POST',
      body,
    });
    assert.equal(end.status, 400);
    assert.match(end.headers.get('content-type') ?? '', /text\/html/);
  });

  it('resumes a session that lacks fields', async () => {
    const created = await device.form('/REF30/sessions', {});
    const { code } = created.json;
    assert.equal(created.json.actionName, 'resume');
    assert.deepEqual(created.json.missingParameters, ['mvpd', 'domainName', 'redirectUrl']);
    const path = `/REF30/sessions/${code}`;
    const half = await device.form(
      path,
      { mvpd: 'SkyDish', domainName: 'localhost' },
      { bare: true },
    );
    assert.equal(half.json.actionName, 'retry');
    assert.deepEqual(half.json.missingParameters, ['redirectUrl']);
    const seen = await device.api(path, { bare: true });
    assert.deepEqual(seen.json.existingParameters, {
      mvpd: 'SkyDish',
      domainName: 'localhost',
      serviceProvider: 'REF30',
    });
    assert.equal(seen.json.device.operatingSystem.name, 'tvOS');
    const whole = await device.form(
      path,
      { redirectUrl: 'https://example.com/done' },
      { bare: true },
    );
    assert.equal(whole.json.actionName, 'authenticate');
    assert.equal(whole.json.code, code);
    assert.equal((await device.api(path, { bare: true })).json.missingParameters, undefined);
  });

  it('ends a code when a new one is asked for, when told to, and in time', async () => {
    const first = (await device.signInSession()).json.code;
    const second = (await device.signInSession()).json.code;
    assert.equal((await byCode(first)).json.code, 'invalid_authentication_session');
    device.sandbox.endSession(second);
    assert.equal((await byCode(second)).json.code, 'invalid_authentication_session');

    const brief = await startDevice({ codeLifeMs: 1 });
    const { code, url, notAfter } = (await brief.signInSession()).json;
    while (Date.now() < Number(notAfter)) await new Promise(setImmediate);
    const late = await brief.api(`/REF30/profiles/code/${code}`, { bare: true });
    assert.equal(late.json.code, 'invalid_authentication_session');
    assert.equal((await fetch(`${brief.sandbox.url}${url}`)).status, 400);
    await brief.sandbox.stop();
  });

  it('wants no backend at the browser address', async () => {
    const { url } = (await device.signInSession()).json;
    assert.equal((await device.call('GET', url)).status, 400);
    const headers = { 'X-Device-Info': deviceHeaders['X-Device-Info'] };
    assert.equal((await fetch(`${device.sandbox.url}${url}`, { headers })).status, 400);
  });

  it('needs no login for a TempPass or a degraded MVPD', async () => {
    const temp = (await device.signInSession({ mvpd: 'TempPass_Preview' })).json;
    assert.deepEqual([temp.actionName, temp.reasonType], ['authorize', 'temporary']);
    const trial = (await device.api('/REF30/profiles/TempPass_Preview')).json.profiles
      .TempPass_Preview;
    assert.deepEqual([trial.type, trial.issuer], ['temporary', 'Adobe']);
    device.sandbox.degrade({ mvpd: 'SkyDish', kind: 'AuthNAll' });
    assert.equal((await device.signInSession({ mvpd: 'SkyDish' })).json.reasonType, 'degraded');
    const { SkyDish } = (await device.api('/REF30/profiles/SkyDish')).json.profiles;
    assert.match(SkyDish.attributes.userID.value, /^95cf93bcd183214a/);
    device.sandbox.undegrade({ mvpd: 'SkyDish' });
    assert.deepEqual((await device.api('/REF30/profiles/SkyDish')).json, { profiles: {} });
  });

  it('logs out in the way the MVPD allows', async () => {
    const logout = async (mvpd: string) =>
      (
        await device.api(
          `/REF30/logout/${mvpd}?redirectUrl=${encodeURIComponent(`${device.sandbox.url}/_sandbox/state`)}`,
        )
      ).json.logouts[mvpd];
    await signIn();
    await signIn({ mvpd: 'SkyDish' });
    const cable = await logout('NorthCable');
    assert.deepEqual(
      [cable.actionName, cable.actionType, cable.mvpd],
      ['logout', 'interactive', 'NorthCable'],
    );
    assert.deepEqual((await device.api('/REF30/profiles/NorthCable')).json, { profiles: {} });
    const browser = await signInAsViewer(`${device.sandbox.url}${cable.url}`);
    assert.equal(browser.finalUrl, `${device.sandbox.url}/_sandbox/state`);
    assert.deepEqual(await logout('SkyDish'), {
      actionName: 'complete',
      actionType: 'none',
      mvpd: 'SkyDish',
    });
    assert.deepEqual(await logout('SkyDish'), {
      actionName: 'invalid',
      actionType: 'none',
      mvpd: 'SkyDish',
    });
    assert.equal((await logout('TempPass_Preview')).actionName, 'complete');
  });
});
