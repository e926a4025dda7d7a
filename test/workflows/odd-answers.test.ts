import assert from 'node:assert/strict';
import { signInAsViewer } from '../../src/sandbox/index.ts';
import { eventually, type Stack, startStack } from '../support/stack.ts';
import {
  answersOf,
  asPending,
  errorOf,
  HOME_DENIAL,
  newTv,
  showCode,
  signIn,
  untilStatus,
} from './support.ts';

const NORTH = { id: 'NorthCable' };
const TRIAL = { id: 'TempPass_Preview' };

/** Adobe's sets of values are open, and times are of another clock. */
describe('odd answers', () => {
  let stack: Stack;
  before(async function () {
    this.timeout(300_000);
    stack = await startStack({ sandbox: { throttle: false } });
  });
  after(() => stack.stop());
  afterEach(() => stack.sandbox.faults.clear());
  const { answer, answerBody, denies } = answersOf(() => stack);

  describe('with one denied item of a list', () => {
    it('that asks for a new sign-in stays open, and operators see it [PRE-03]', async () => {
      const device = newTv(stack);
      await signIn(device.tv);
      denies(device, 'preauthorize', HOME_DENIAL);
      const [item] = await device.tv.preauthorize(['channel-0']);
      assert.equal(item?.error?.code, HOME_DENIAL.code);
      const { standing, lastError } = await device.tv.view();
      assert.equal(standing.status, 'signed-in');
      assert.deepEqual([lastError?.code, lastError?.resource], [HOME_DENIAL.code, 'channel-0']);
    });

    it('that says the profile is over ends the sign-in [PRE-03]', async () => {
      const device = newTv(stack);
      await signIn(device.tv);
      const code = 'authenticated_profile_expired';
      denies(device, 'preauthorize', { ...HOME_DENIAL, code });
      await device.tv.preauthorize(['channel-0']);
      const { standing } = await device.tv.view();
      assert.ok(standing.status === 'signed-out' && standing.reason === 'sign-in-required');
      asPending(await device.tv.authenticate());
    });
  });

  describe('with a provider chosen on a phone that can not be had', () => {
    it('has the reason of a used-up trial, and the code stays for another', async () => {
      const device = newTv(stack);
      const { tv } = device;
      const { code } = asPending(await tv.authenticate());
      const used = 'temporary_access_duration_limit_exceeded';
      answer(device, 'profileByMvpd', { kind: 'error', code: used });
      answer(device, 'profileByCode', { kind: 'error', code: used });
      const error = await errorOf(tv.resume({ code, mvpd: TRIAL }));
      assert.deepEqual([error.code, error.action, error.status], [used, 'none', 403]);
      assert.equal((await tv.view()).lastError?.code, used);
      assert.equal(asPending(await tv.authenticate()).code, code);
      stack.sandbox.faults.clear();
      const chosen = asPending(await tv.resume({ code, mvpd: NORTH }));
      await signInAsViewer(chosen.url ?? '');
      await tv.browserReturned();
      const { standing } = await untilStatus(tv, 'signed-in');
      assert.ok(standing.status === 'signed-in' && standing.profile.mvpd.id === NORTH.id);
    });

    it('has the reason of a used-up trial on the TV too, and another way', async () => {
      const device = newTv(stack);
      const used = 'temporary_access_resources_limit_exceeded';
      answer(device, 'profileByMvpd', { kind: 'error', code: used });
      const error = await errorOf(device.tv.authenticate({ mvpd: TRIAL }));
      assert.deepEqual([error.code, error.action], [used, 'none']);
      asPending(await device.tv.authenticate());
    });

    for (const actionName of ['verify_household', 'retry']) {
      it(`is told to try another where Adobe answers ${actionName}, which operators see`, async () => {
        const device = newTv(stack);
        const { tv } = device;
        const { code } = asPending(await tv.authenticate());
        answerBody(device, 'resumeSession', { actionName, actionType: 'direct', code });
        const error = await errorOf(tv.resume({ code, mvpd: NORTH }));
        assert.equal(error.code, 'provider_unavailable');
        const { lastError } = await tv.view();
        assert.equal(lastError?.code, 'unknown_action');
        assert.ok(lastError.message.includes(actionName));
        stack.sandbox.faults.clear();
        assert.ok(asPending(await tv.resume({ code, mvpd: NORTH })).url);
        assert.equal((await tv.view()).lastError, undefined);
      });
    }
  });

  describe('with a session', () => {
    const fresh = { actionName: 'resume', code: 'NEW1234', missingParameters: ['mvpd'] };
    const nobodyYet = { profiles: {} };

    it('that says no end has half an hour, and is polled for', async () => {
      const device = newTv(stack);
      answerBody(device, 'createSession', fresh);
      answerBody(device, 'profileByCode', nobodyYet);
      const { code, expiresAt } = asPending(await device.tv.authenticate());
      assert.equal(code, fresh.code);
      const left = expiresAt.getTime() - Date.now();
      assert.ok(left > 29 * 60_000 && left <= 30 * 60_000, `${left} ms`);
      await eventually(() => device.sent('profileByCode').length > 1, 'polled for');
    });

    it('that is over already is given again, and polled for', async () => {
      const device = newTv(stack);
      const now = Date.now();
      const times = { notBefore: String(now - 9_000_000), notAfter: String(now - 8_999_999) };
      answerBody(device, 'createSession', { ...fresh, ...times });
      answerBody(device, 'profileByCode', nobodyYet);
      asPending(await device.tv.authenticate());
      asPending(await device.tv.authenticate());
      assert.equal(device.sent('createSession').length, 1);
      await eventually(() => device.sent('profileByCode').length > 0, 'polled for');
    });

    it('that has neither code nor profile is an error that operators see', async () => {
      const device = newTv(stack);
      answerBody(device, 'createSession', { actionName: 'authorize', reasonType: 'authenticated' });
      assert.equal((await errorOf(device.tv.authenticate({ mvpd: NORTH }))).code, 'no_profile');
      assert.equal((await device.tv.view()).lastError?.code, 'no_profile');
    });

    it('of an unknown kind has its code shown, and operators see the kind', async () => {
      const device = newTv(stack);
      answerBody(device, 'createSession', { ...fresh, actionName: 'confirm' });
      assert.equal(asPending(await device.tv.authenticate()).code, fresh.code);
      assert.match((await device.tv.view()).lastError?.message ?? '', /"confirm"/);
    });
  });

  it('of an address that Adobe refuses leave a code, with the address of the app', async () => {
    const device = newTv(stack);
    const { tv, sent } = device;
    const refused = { kind: 'error', code: 'invalid_parameter_redirect_url', times: 1 } as const;
    answer(device, 'createSession', refused);
    const { code } = asPending(await tv.authenticate());
    assert.equal(asPending(await tv.authenticate()).code, code);
    answer(device, 'resumeSession', refused);
    assert.ok(asPending(await tv.resume({ code, mvpd: NORTH })).url);
    const addresses = sent('createSession', 'resumeSession').map(
      ({ body }) => (body as Record<string, string>)['redirectUrl']?.split('?')[0],
    );
    const [ours, own] = ['http://127.0.0.1:9/return', 'http://127.0.0.1:9/done'];
    assert.deepEqual(addresses, [ours, own, ours, own]);
    assert.match((await tv.view()).lastError?.message ?? '', /redirectUrl was refused/);
    // A TV's own page is its own affair: it would never learn that the login is over.
    answer(device, 'createSession', refused);
    const redirectUrl = 'https://tv.example.com/';
    const error = await errorOf(
      tv.authenticate({ restart: true, screen: 'same', mvpd: NORTH, redirectUrl }),
    );
    assert.equal(error.code, refused.code);
  });

  describe('with several profiles for a code', () => {
    const profile = (hours: number) => ({
      notBefore: Date.now() - 1_000,
      notAfter: Date.now() + hours * 3_600_000,
      issuer: 'x',
      type: 'regular',
      attributes: {},
    });
    const profiles = () => ({ NorthCable: profile(1), SkyDish: profile(9) });

    for (const by of ['the next poll', 'the browser that comes back'] as const) {
      it(`is that of the provider that was chosen, by ${by} [ATN-16]`, async () => {
        const device = newTv(stack);
        await showCode(device.tv);
        answerBody(device, 'profileByCode', { profiles: profiles() });
        if (by !== 'the next poll') await device.tv.browserReturned();
        const { standing } = await untilStatus(device.tv, 'signed-in');
        assert.ok(standing.status === 'signed-in' && standing.profile.mvpd.id === NORTH.id);
      });
    }

    it('is the longest where none was chosen [ATN-16]', async () => {
      const device = newTv(stack);
      await device.tv.authenticate();
      answerBody(device, 'profileByCode', { profiles: profiles() });
      const { standing } = await untilStatus(device.tv, 'signed-in');
      assert.ok(standing.status === 'signed-in' && standing.profile.mvpd.id === 'SkyDish');
    });
  });

  it('that contradict each other, as samples and pages do, change nothing of a life [EEC-06]', async () => {
    stack.sandbox.setTraps(true);
    try {
      const { tv } = newTv(stack);
      const waiting = asPending(await tv.authenticate());
      assert.deepEqual(waiting.missingParameters, ['mvpd']);
      const chosen = asPending(await tv.resume({ code: waiting.code, mvpd: NORTH }));
      await signInAsViewer(chosen.url ?? '');
      await tv.browserReturned();
      const { standing } = await untilStatus(tv, 'signed-in');
      assert.ok(standing.status === 'signed-in' && standing.profile.mvpd.id === NORTH.id);
      const left = standing.profile.notAfter - Date.now();
      assert.ok(left > 3_600_000 && left < 400 * 86_400_000, String(left));
      const items = await tv.preauthorize(['channel-0', 'channel-1']);
      assert.deepEqual(
        items.map(({ resource, authorized }) => [resource, authorized]),
        [
          ['channel-0', true],
          ['channel-1', true],
        ],
      );
      assert.equal((await tv.authorize('channel-1')).status, 'permitted');
      const { attributes } = await tv.userMetadata();
      assert.equal(attributes['userID']?.status, 'plain', 'in capitals, with a blank');
      const { actions } = await tv.logout();
      assert.deepEqual(
        actions.map(({ mvpd, actionName }) => [mvpd, actionName]),
        [[NORTH.id, 'logout']],
      );
      const gone = await errorOf(tv.authenticate({ mvpd: { id: 'NobodyKnows' } }));
      assert.equal(gone.code, 'invalid_parameter_mvpd', 'an error in a wrapper is read as well');
    } finally {
      stack.sandbox.setTraps(false);
    }
  });
});
