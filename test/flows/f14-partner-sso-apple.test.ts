import assert from 'node:assert/strict';
import type { PartnerFrameworkStatus } from '../../src/adobe-pass/index.ts';
import type { DeviceOptions } from '../../src/client.ts';
import { frameworkAnswer, signInAsViewer } from '../../src/sandbox/index.ts';
import { eventually, freshIp, type Stack, startStack } from '../support/stack.ts';
import {
  answersOf,
  asPending,
  errorOf,
  newTv,
  signIn,
  type Tv,
  untilStatus,
  watch,
} from '../workflows/support.ts';
import {
  APPLE_TV,
  asRequest,
  DENIED,
  NORTH,
  RIVER,
  signInByApple,
  SKY,
  vouching,
} from './apple.ts';

const STATUS = 'ap-partner-framework-status';

describe('F14 Partner SSO, Apple', () => {
  let stack: Stack;
  before(async function () {
    this.timeout(300_000);
    stack = await startStack({
      sandbox: { throttle: false },
      adobePass: { throttle: { ratePerSecond: 1_000, burst: 1_000, burstRefills: true } },
    });
  });
  after(() => stack.stop());
  afterEach(() => {
    stack.sandbox.faults.clear();
    stack.sandbox.undegrade();
    stack.sandbox.partnerSso({});
  });
  const { answer, answerBody, denies } = answersOf(() => stack);

  const withStatus = (status?: PartnerFrameworkStatus): Partial<DeviceOptions> => ({
    facts: APPLE_TV,
    viewerTokens: status && { partnerFrameworkStatus: status },
  });
  /** An Apple TV of its own, with what its framework says. */
  const appleTv = (status?: PartnerFrameworkStatus) => newTv(stack, withStatus(status));
  /** The same TV once its framework says something else, or the app nothing of it. */
  const later = ({ options }: Tv, status?: PartnerFrameworkStatus) =>
    stack.tv({ ...options, ...withStatus(status) });
  /** The code that takes the place of a partner's sign-in. */
  const waits = async (tv: Tv['tv']) => {
    const asked = await tv.partnerSignIn();
    assert.ok(asked.status !== 'partner', 'a code, and no request');
    return asPending(asked);
  };
  const statusesSent = ({ sent }: Tv, ...operations: Parameters<Tv['sent']>) =>
    sent(...operations).map(({ headers }) => {
      const value = headers[STATUS];
      return value === undefined ? undefined : Buffer.from(value, 'base64').toString();
    });

  describe('signs in', () => {
    it('with no word to the viewer: status, question, answer, profile [ATN-19] [PFS-01] [PFS-02] [SSO-01]', async () => {
      const status = vouching(NORTH);
      const device = appleTv(status);
      const { tv, operations, sent } = device;
      const asked = asRequest(await tv.partnerSignIn());
      assert.deepEqual(
        [asked.partner, asked.type, asked.mvpd, asked.attributesNames],
        ['Apple', 'saml', 'NorthCable', ['uid', 'NameID', 'uniqueId']],
      );
      assert.equal((await tv.view()).standing.status, 'signed-out', 'asking changes nothing');
      const samlResponse = frameworkAnswer(asked);
      const standing = await tv.partnerResponse({ samlResponse });
      assert.ok(standing.status === 'signed-in');
      const { mvpd, type, issuer } = standing.profile;
      assert.deepEqual([mvpd.id, type, issuer], ['NorthCable', 'appleSSO', 'Apple']);

      const calls = ['register', 'token', 'profiles', 'partnerRequest', 'partnerProfile'];
      assert.deepEqual(operations(), calls);
      assert.deepEqual(
        statusesSent(device, 'profiles', 'partnerRequest', 'partnerProfile'),
        Array.from({ length: 3 }, () => JSON.stringify(status)),
      );
      const [request] = sent('partnerRequest');
      assert.deepEqual(Object.keys(Object(request?.body)), ['domainName', 'redirectUrl']);
      const { SAMLResponse } = Object(sent('partnerProfile')[0]?.body) as Record<string, string>;
      const line = Buffer.from(SAMLResponse ?? '', 'base64').toString();
      assert.equal(line, samlResponse.replaceAll(/[ \t]+/g, ' ').replaceAll('\n', ''));
    });

    it('is what an app that was started anew finds, while the framework vouches for the viewer', async () => {
      const device = appleTv(vouching(NORTH));
      await signInByApple(device.tv);
      await device.tv.authenticate({ restart: true });
      assert.equal((await device.tv.abandon()).status, 'signed-out');
      const without = later(device);
      assert.equal((await without.authenticate()).status, 'pending', 'not seen without a status');
      await without.abandon();
      const asked = device.sent('partnerRequest').length;
      const found = await later(device, vouching(NORTH)).authenticate();
      assert.ok(found.status === 'signed-in' && found.profile.type === 'appleSSO');
      assert.equal(device.sent('partnerRequest').length, asked);
    });

    it('with another provider at Apple than that of last time', async () => {
      const device = appleTv();
      await signIn(device.tv, { mvpd: 'NorthCable' });
      await device.tv.logout();
      const tv = later(device, vouching(SKY));
      await signInByApple(tv);
      await tv.authenticate({ mvpd: { id: 'NorthCable' }, restart: true });
      await tv.abandon(); // remembered: SkyDish again
      const other = later(device, vouching(NORTH));
      await signInByApple(other);
      await other.authenticate({ restart: true });
      await other.abandon();
      const found = await later(device, vouching(SKY)).authenticate();
      assert.ok(found.status === 'signed-in');
      assert.equal(found.profile.mvpd.id, 'SkyDish');
    });

    it('stays where the viewer is signed in already, by whatever', async () => {
      const device = appleTv(vouching(NORTH));
      await signIn(device.tv, { mvpd: 'RiverFiber' });
      const calls = device.operations().length;
      const standing = await device.tv.partnerSignIn();
      assert.ok(standing.status === 'signed-in' && standing.profile.type === 'regular');
      const { status } = await device.tv.partnerResponse({ samlResponse: '<late/>' });
      assert.equal(status, 'signed-in');
      assert.equal(device.operations().length, calls, 'nobody was asked');

      const apples = appleTv(vouching(NORTH));
      await signInByApple(apples.tv);
      const before = apples.operations().length;
      const { generation } = (await apples.tv.view()).standing;
      const again = await apples.tv.partnerSignIn();
      assert.deepEqual([again.status, again.generation], ['signed-in', generation]);
      assert.deepEqual(apples.operations().slice(before), ['profileByMvpd'], 'one look');
    });

    it('at once where Adobe says so: by a profile, of either kind, or degraded', async () => {
      for (const reason of ['authenticated', 'authenticatedSSO']) {
        const device = appleTv(vouching(SKY));
        if (reason === 'authenticated') await signIn(device.tv, { mvpd: 'SkyDish' });
        else await signInByApple(device.tv);
        await device.tv.authenticate({ mvpd: { id: 'RiverFiber' } });
        await device.tv.abandon();
        answer(device, 'profiles', { kind: 'status', status: 400, times: 1 });
        const standing = await device.tv.partnerSignIn();
        assert.ok(standing.status === 'signed-in', JSON.stringify(standing));
        const type = reason === 'authenticated' ? 'regular' : 'appleSSO';
        assert.equal(standing.profile.type, type);
      }
      stack.sandbox.degrade({ mvpd: 'SkyDish', kind: 'AuthNAll' });
      const device = appleTv(vouching(SKY));
      const standing = await device.tv.partnerSignIn();
      assert.ok(standing.status === 'signed-in' && standing.profile.type === 'degraded');
    });

    it('with a degraded profile where the rule came in between', async () => {
      const { tv } = appleTv(vouching(SKY));
      const { request } = asRequest(await tv.partnerSignIn());
      stack.sandbox.degrade({ mvpd: 'SkyDish', kind: 'AuthNAll' });
      const standing = await tv.partnerResponse({ samlResponse: frameworkAnswer({ request }) });
      assert.ok(standing.status === 'signed-in' && standing.profile.type === 'degraded');
    });
  });

  describe('falls back to a code', () => {
    it('where the framework says nothing for the viewer (pfs_fallback)', async () => {
      for (const status of [undefined, DENIED, vouching(NORTH, { lifeMs: -1_000 })]) {
        const device = appleTv(status);
        const waiting = await waits(device.tv);
        assert.equal(waiting.fallback, 'pfs_fallback');
        assert.deepEqual(statusesSent(device, 'profiles', 'partnerRequest'), [
          undefined,
          undefined,
        ]);
        // Nobody named a provider: the viewer chooses one with the code.
        assert.deepEqual([waiting.url, waiting.missingParameters], [undefined, ['mvpd']]);
        if (status !== DENIED) continue;
        const phone = stack.pass.secondScreen(waiting.code, {
          app: stack.activation,
          ip: freshIp(),
        });
        const chosen = asPending(await phone.choose({ id: 'NorthCable' }));
        assert.equal(chosen.fallback, 'pfs_fallback');
        await signInAsViewer(chosen.url ?? '');
        await untilStatus(device.tv, 'signed-in'); // by the scheduled poll
      }
    });

    it('which is not asked for again while it waits, unless the framework vouches by then', async () => {
      const device = appleTv(DENIED);
      const first = await waits(device.tv);
      const again = await waits(device.tv);
      assert.equal(again.code, first.code);
      assert.equal(device.sent('partnerRequest').length, 1);
      const tv = later(device, vouching(NORTH));
      const { request } = asRequest(await tv.partnerSignIn());
      assert.equal((await tv.view()).standing.status, 'pending', 'the code is still good');
      const samlResponse = frameworkAnswer({ request });
      assert.equal((await tv.partnerResponse({ samlResponse })).status, 'signed-in');
    });

    it('where the provider is not on board of the platform (configuration_fallback)', async () => {
      const device = appleTv(vouching(RIVER));
      const waiting = await waits(device.tv);
      assert.deepEqual(
        [waiting.fallback, waiting.mvpd?.id],
        ['configuration_fallback', 'RiverFiber'],
      );
      await signInAsViewer(waiting.url ?? '');
      await device.tv.browserReturned();
      await untilStatus(device.tv, 'signed-in');
      assert.equal(device.sent('createSession').length, 0, 'its code is the session’s own');
    });

    it('where something is missing (missing_parameters_fallback)', async () => {
      stack.sandbox.partnerSso({ fallback: 'missing_parameters_fallback' });
      const device = appleTv(vouching(NORTH));
      const waiting = await waits(device.tv);
      assert.deepEqual(
        [waiting.fallback, waiting.url, waiting.missingParameters],
        ['missing_parameters_fallback', undefined, ['mvpd']],
      );
      const resumed = await device.tv.resume({ code: waiting.code, mvpd: { id: 'NorthCable' } });
      assert.ok(asPending(resumed).url);
    });

    it('where Adobe refuses the question itself, for a reason that stays', async () => {
      const code = 'invalid_configuration_platform_services';
      const device = appleTv(vouching(NORTH));
      answer(device, 'partnerRequest', { kind: 'error', code });
      const waiting = await waits(device.tv);
      assert.equal(waiting.fallback, code);
      assert.equal((await device.tv.view()).lastError?.code, code, 'operators see it');
    });

    it('and to an error where asking again may help', async () => {
      const device = appleTv(vouching(NORTH));
      answer(device, 'partnerRequest', { kind: 'status', status: 503 });
      const error = await errorOf(device.tv.partnerSignIn());
      assert.ok(error.retryable);
      stack.sandbox.faults.clear();
      asRequest(await device.tv.partnerSignIn());
    });

    it('where the answer of the framework is refused, or the status beside it', async () => {
      const refused = async (
        status: PartnerFrameworkStatus,
        answerTo: (request: string) => string,
      ) => {
        const device = appleTv(vouching(NORTH));
        const { request } = asRequest(await device.tv.partnerSignIn());
        const tv = later(device, status);
        return asPending(await tv.partnerResponse({ samlResponse: answerTo(request) })).fallback;
      };
      const right = (request: string) => frameworkAnswer({ request });
      const saml = 'invalid_parameter_saml_response';
      assert.equal(await refused(vouching(NORTH), () => '<samlp:Response/>'), saml);
      const pfs = (reason: string) => `invalid_header_pfs_${reason}`;
      assert.equal(await refused(DENIED, right), pfs('permission_access_not_present'));
      assert.equal(await refused(vouching(SKY), right), pfs('provider_id_mismatch'));
      assert.equal(await refused(vouching('nobody'), right), pfs('provider_id_not_determined'));
    });

    it('where the answer comes a second time, or leads to no profile', async () => {
      const device = appleTv(vouching(NORTH));
      const { request } = asRequest(await device.tv.partnerSignIn());
      const samlResponse = frameworkAnswer({ request });
      await device.tv.partnerResponse({ samlResponse });
      await device.tv.logout();
      const again = asPending(await device.tv.partnerResponse({ samlResponse }));
      assert.equal(again.fallback, 'invalid_parameter_saml_response');

      const other = appleTv(vouching(NORTH));
      asRequest(await other.tv.partnerSignIn());
      answerBody(other, 'partnerProfile', { profiles: {} });
      const waiting = asPending(await other.tv.partnerResponse({ samlResponse: '<a/>' }));
      assert.equal(waiting.fallback, 'no_profile');
    });

    it('and ends the sign-in for which nobody vouches any more', async () => {
      const device = appleTv(vouching(NORTH));
      await signInByApple(device.tv);
      const tv = later(device, DENIED);
      const waiting = await waits(tv);
      assert.equal(waiting.fallback, 'pfs_fallback');
    });
  });

  it('sends the status with decisions about its own profile, and with no others [PFS-03]', async () => {
    const device = appleTv(vouching(NORTH));
    await signInByApple(device.tv);
    assert.equal((await device.tv.authorize('REF30')).status, 'permitted');
    await device.tv.preauthorize(['REF30', 'premium-one']);
    const sent = statusesSent(device, 'authorize', 'preauthorize');
    assert.ok(sent.length === 2 && sent.every((status) => status?.includes(NORTH)));

    for (const status of [undefined, DENIED, vouching(NORTH, { lifeMs: -1 })]) {
      const tv = later(device, status);
      for (const ask of [() => tv.authorize('REF30'), () => tv.preauthorize(['REF31'])]) {
        const error = await errorOf(ask());
        assert.deepEqual([error.code, error.action], ['partner_status_required', 'none']);
      }
      assert.equal((await tv.view()).standing.status, 'signed-in');
    }
    assert.equal(device.sent('authorize', 'preauthorize').length, 2, 'Adobe was not asked');

    const regular = appleTv(vouching(NORTH));
    await signIn(regular.tv);
    await regular.tv.authorize('REF30');
    await regular.tv.preauthorize(['REF30']);
    assert.deepEqual(statusesSent(regular, 'authorize', 'preauthorize'), [undefined, undefined]);
  });

  it('begins anew at its end, before anybody is shown a code', async () => {
    stack.sandbox.partnerSso({ profileLifeMs: 2_000 });
    const device = appleTv(vouching(NORTH));
    const { tv } = device;
    await signInByApple(tv);
    const { seen, stop } = watch(tv);
    const over = await eventually(() => seen.find(({ status }) => status === 'signed-out'), 'over');
    assert.ok(over.status === 'signed-out');
    assert.deepEqual([over.reason, over.partner], ['profile-expired', 'Apple']);
    stack.sandbox.partnerSso({});
    await signInByApple(later(device, vouching(NORTH)));
    await eventually(() => seen.at(-1)?.status === 'signed-in', 'told of the new sign-in');
    await stop();
    assert.equal(device.sent('createSession').length, 0);
    assert.equal(device.sent('register').length, 1);
  });

  it('begins anew where a decision wants a new sign-in, once the old one has been ended', async () => {
    const device = appleTv(vouching(NORTH));
    const { tv, sent } = device;
    await signInByApple(tv);
    denies(device, 'authorize', {
      code: 'authorization_denied_by_session_invalidated',
      action: 'authentication',
      status: 403,
      message: '',
    });
    assert.equal((await tv.authorize('channel-0')).status, 'denied');
    const { standing } = await tv.view();
    assert.ok(standing.status === 'signed-out');
    assert.deepEqual([standing.reason, standing.partner], ['sign-in-required', 'Apple']);
    stack.sandbox.faults.clear();
    await signInByApple(tv);
    assert.equal(sent('logout').length, 1);
    assert.equal((await tv.authorize('REF30')).status, 'permitted');
  });

  it('begins anew where the viewer has another provider at Apple by now', async () => {
    const noticed = appleTv(vouching(NORTH));
    await signInByApple(noticed.tv);
    const { mvpd } = asRequest(await later(noticed, vouching(SKY)).partnerSignIn());
    assert.equal(mvpd, 'SkyDish');

    const device = appleTv(vouching(NORTH));
    await signInByApple(device.tv);
    const tv = later(device, vouching(SKY));
    const play = await tv.authorize('REF30');
    assert.ok(play.status === 'denied');
    const mismatch = 'invalid_header_pfs_provider_id_mismatch';
    assert.deepEqual([play.code, play.action], [mismatch, 'authentication']);
    const { standing } = await tv.view();
    assert.ok(standing.status === 'signed-out' && standing.partner === 'Apple');
    const now = await signInByApple(tv);
    assert.ok(now.status === 'signed-in' && now.profile.mvpd.id === 'SkyDish');
    assert.equal((await tv.authorize('REF30')).status, 'permitted');
  });

  it('is ended here, and by the viewer in the settings of the system [LO-04]', async () => {
    const device = appleTv(vouching(NORTH));
    const { tv } = device;
    await signInByApple(tv);
    const { actions } = await tv.logout();
    const told = { actionName: 'partner_logout', actionType: 'partner_interactive' };
    assert.deepEqual(actions, [{ mvpd: 'NorthCable', ...told }]);
    assert.deepEqual(statusesSent(device, 'logout'), [undefined]);
    const { standing } = await tv.view();
    assert.ok(standing.status === 'signed-out' && standing.partner === undefined);
    assert.equal(
      (await tv.authenticate()).status,
      'pending',
      'nobody is signed in again by a look',
    );
  });

  it('refuses what is no SAML response, before anybody hears of it', async () => {
    const { tv, operations } = appleTv(vouching(NORTH));
    for (const samlResponse of ['', 'yes', `<a>${'x'.repeat(80_000)}</a>`]) {
      const error = await errorOf(tv.partnerResponse({ samlResponse }));
      assert.equal(error.code, 'invalid_request');
      assert.match(error.message, /^samlResponse is .{10,150}$/);
    }
    const partner = 'Pear' as never;
    assert.match((await errorOf(tv.partnerSignIn({ partner }))).message, /partner is "Pear"/);
    assert.deepEqual(operations(), []);
  });
});
