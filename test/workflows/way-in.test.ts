import assert from 'node:assert/strict';
import { signInAsViewer } from '../../src/sandbox/index.ts';
import { eventually, type Stack, startStack } from '../support/stack.ts';
import {
  answersOf,
  asPending,
  HOME_DENIAL,
  newTv,
  showCode,
  signIn,
  untilStatus,
} from './support.ts';

const NORTH = { id: 'NorthCable' };
const TRIAL = { id: 'TempPass_Preview' };
/** Whatever Adobe answers, a viewer gets a code and can sign in with it. */
describe('the way in', () => {
  let stack: Stack;
  before(async function () {
    this.timeout(300_000);
    stack = await startStack({ sandbox: { throttle: false } });
  });
  after(() => stack.stop());
  afterEach(() => stack.sandbox.faults.clear());
  const { answer, denies } = answersOf(() => stack);

  describe('out of a trial', () => {
    it('is `restart`, and the trial is not found again [ATN-18]', async () => {
      const { tv } = newTv(stack);
      const trial = await tv.authenticate({ mvpd: TRIAL });
      assert.ok(trial.status === 'signed-in' && trial.profile.type === 'temporary');
      assert.equal((await tv.authenticate()).status, 'signed-in');
      const first = asPending(await tv.authenticate({ restart: true }));
      const second = asPending(await tv.authenticate({ restart: true }));
      assert.notEqual(second.code, first.code);
      const chosen = asPending(await tv.resume({ code: second.code, mvpd: NORTH }));
      await signInAsViewer(chosen.url ?? '');
      await tv.browserReturned();
      const { standing } = await untilStatus(tv, 'signed-in');
      assert.ok(standing.status === 'signed-in' && standing.profile.mvpd.id === NORTH.id);
    });

    it('is a logout too, for trials are not remembered [ATN-18]', async () => {
      const { tv } = newTv(stack);
      await tv.authenticate({ mvpd: TRIAL });
      await tv.logout();
      const { standing } = await tv.view();
      assert.ok(standing.status === 'signed-out' && standing.mvpd === undefined);
      asPending(await tv.authenticate());
    });
  });

  it('to a new sign-in is `restart`, while the old one waits for whom gives up', async () => {
    const { tv, sent } = newTv(stack);
    await signIn(tv);
    const asked = sent('profiles', 'profileByMvpd').length;
    asPending(await tv.authenticate({ restart: true }));
    assert.equal(sent('profiles', 'profileByMvpd').length, asked, 'nothing is looked for');
    asPending(await tv.authenticate({ restart: true, mvpd: NORTH }));
    const polled = sent('profileByCode').length;
    await eventually(() => sent('profileByCode').length > polled, 'polled for');
    asPending(await tv.authenticate());
    await tv.abandon();
    const standing = await tv.authenticate();
    assert.ok(standing.status === 'signed-in' && standing.profile.mvpd.id === NORTH.id);
  });

  describe('after a denial that asks for a new sign-in though the profile exists', () => {
    const deniedTv = async () => {
      const device = newTv(stack);
      await signIn(device.tv);
      denies(device, 'authorize', HOME_DENIAL);
      const play = await device.tv.authorize('channel-0');
      assert.ok(play.status === 'denied' && play.code === HOME_DENIAL.code);
      stack.sandbox.faults.clear();
      return device;
    };

    it('is a code, and a login with the same provider again [AZ-05] [LO-05]', async () => {
      const { tv, sent } = await deniedTv();
      const shown = asPending(await tv.authenticate());
      assert.equal(sent('profileByMvpd').length, 2, 'the profile exists, and is no answer');
      const polled = sent('profileByCode').length;
      await eventually(() => sent('profileByCode').length > polled, 'polled for');
      assert.equal(asPending(await tv.authenticate()).code, shown.code);
      assert.equal(sent('logout').length, 0, 'a denial ends nothing at Adobe');

      const chosen = asPending(await tv.resume({ code: shown.code, mvpd: NORTH }));
      await signInAsViewer(chosen.url ?? '');
      await tv.browserReturned();
      await untilStatus(tv, 'signed-in');
      assert.equal((await tv.authorize('channel-0')).status, 'permitted');
      await tv.abandon();
      assert.equal((await tv.authenticate()).status, 'signed-in');
    });

    it('leads to the page of the provider that the TV chooses', async () => {
      const { tv } = await deniedTv();
      const { url } = await showCode(tv);
      await signInAsViewer(url);
      await tv.browserReturned();
      await untilStatus(tv, 'signed-in');
    });

    it('leads in again where Adobe can not end that profile', async () => {
      const device = await deniedTv();
      answer(device, 'logout', { kind: 'error', code: 'invalid_integration' });
      assert.equal((await device.tv.authenticate({ mvpd: NORTH })).status, 'signed-in');
    });
  });
});
