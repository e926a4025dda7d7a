import assert from 'node:assert/strict';
import { signInAsViewer } from '../../src/sandbox/index.ts';
import { reasonOf, UNTHROTTLED } from '../flows/support.ts';
import { eventually, type Stack, startStack } from '../support/stack.ts';
import { answersOf, asPending, errorOf, newTv, showCode, signIn, watch } from './support.ts';

const NORTH = 'NorthCable';
const PROFILE = 'authenticated_profile_invalidated';
const SESSION = 'authorization_denied_by_session_invalidated';

describe('what Adobe or a provider invalidates', () => {
  let stack: Stack;
  before(async function () {
    this.timeout(300_000);
    stack = await startStack({ sandbox: { throttle: false }, adobePass: UNTHROTTLED });
  });
  after(() => stack.stop());
  afterEach(() => stack.sandbox.faults.clear());
  const { denies } = answersOf(() => stack);

  const signedInTv = async () => {
    const device = newTv(stack);
    await signIn(device.tv);
    return device;
  };
  const reasonNow = async ({ tv }: Awaited<ReturnType<typeof signedInTv>>) =>
    reasonOf((await tv.view()).standing);
  const control = async (path: string, body: object) => {
    const { status } = await fetch(`${stack.sandbox.url}/_sandbox/${path}`, {
      method: 'POST',
      body: JSON.stringify(body),
    });
    assert.equal(status, 200);
  };

  describe('a profile', () => {
    it('ends the sign-in at the next play, and the permits that were kept of it [S2S-10]', async () => {
      const device = await signedInTv();
      const { tv, sent } = device;
      const [permitted] = await tv.preauthorize(['channel']);
      assert.equal(permitted?.authorized, true);
      await control('invalidate-profiles', { mvpd: NORTH });
      const [kept] = await tv.preauthorize(['channel']);
      assert.equal(kept?.authorized, true, 'what is permitted is not asked again');
      assert.equal(sent('preauthorize').length, 1);

      const play = await tv.authorize('channel');
      assert.ok(play.status === 'denied' && play.code === PROFILE);
      assert.equal(play.action, 'authentication');
      assert.equal(await reasonNow(device), 'sign-in-required');
      assert.equal((await errorOf(tv.preauthorize(['channel']))).code, 'not_signed_in');
      assert.equal(sent('logout').length, 0, 'a denial logs nobody out at Adobe');

      await signIn(tv);
      await tv.preauthorize(['channel']);
      assert.equal(sent('preauthorize').length, 2, 'asked anew for the new sign-in');
    });

    it('ends it when a list is filtered too, and whatever action the answer names', async () => {
      for (const action of ['authentication', 'none']) {
        const device = await signedInTv();
        denies(device, 'preauthorize', { code: PROFILE, action, status: 403, message: '' });
        await device.tv.preauthorize(['channel-0']);
        assert.equal(await reasonNow(device), 'sign-in-required', action);
        const other = await signedInTv();
        denies(other, 'authorize', { code: PROFILE, action, status: 403, message: '' });
        assert.equal((await other.tv.authorize('channel-0')).status, 'denied');
        assert.equal(await reasonNow(other), 'sign-in-required', action);
      }
    });

    it('is told to who watches', async () => {
      const device = await signedInTv();
      const { seen, stop } = watch(device.tv);
      await eventually(() => seen.length === 1, 'watching');
      await control('invalidate-profiles', {});
      await device.tv.authorize('channel');
      await eventually(() => reasonOf(seen[1]) === 'sign-in-required', 'told');
      await stop();
    });
  });

  describe('the session of a provider', () => {
    it('asks to sign in again, and the profile that Adobe still shows signs nobody in [S2S-10]', async () => {
      for (const ask of ['authorize', 'preauthorize'] as const) {
        const device = await signedInTv();
        const { tv } = device;
        await control('end-mvpd-sessions', { mvpd: NORTH });
        if (ask === 'preauthorize') {
          const [decision] = await tv.preauthorize(['channel']);
          assert.equal(decision?.error?.code, SESSION);
        } else {
          const play = await tv.authorize('channel');
          assert.ok(play.status === 'denied' && play.code === SESSION);
        }
        assert.equal(await reasonNow(device), 'sign-in-required', ask);
        await signIn(tv);
        assert.equal((await tv.authorize('channel')).status, 'permitted');
      }
    });

    it('ends nothing where the answer does not ask for it', async () => {
      const device = await signedInTv();
      const denial = { code: SESSION, action: 'none', status: 403, message: '' };
      denies(device, 'authorize', denial);
      denies(device, 'preauthorize', denial);
      await device.tv.preauthorize(['channel-0']);
      assert.equal((await device.tv.authorize('channel-0')).status, 'denied');
      assert.equal(await reasonNow(device), 'signed-in');
    });
  });

  describe('the session of a code', () => {
    it('ends the code, and who looks at it gets a new one that works', async () => {
      const { tv } = newTv(stack);
      const { code } = await showCode(tv, { mvpd: { id: NORTH } });
      const { seen, stop } = watch(tv);
      await eventually(() => seen.length === 1, 'watching');
      await control('invalidate-session', { code });
      const renewed = await eventually(() => seen[1], 'a new code');
      const { code: next, url } = asPending(renewed);
      assert.notEqual(next, code);
      await signInAsViewer(url ?? '');
      await tv.browserReturned();
      await eventually(() => seen[2]?.status === 'signed-in', 'signed in');
      await stop();
    });

    it('is unknown to the phone that types its code', async () => {
      const { tv } = newTv(stack);
      const { code } = asPending(await tv.authenticate());
      await control('invalidate-session', { code });
      const phone = stack.pass.secondScreen(code, { app: stack.activation, ip: '198.51.100.250' });
      assert.equal((await phone.check()).status, 'unknown');
    });
  });
});
