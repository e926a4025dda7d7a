import assert from 'node:assert/strict';
import type { DeviceClient } from '../../src/client.ts';
import { eventually, type Stack, startStack } from '../support/stack.ts';
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
import { asAccess, reasonOf, UNTHROTTLED } from './support.ts';

const ONCE = { id: 'TempPass_Preview' };
const DAILY = { id: 'TempPass_Daily' };
const NORTH = 'NorthCable';
const TRIAL_MS = 4_000;
const DURATION = 'temporary_access_duration_limit_exceeded';
const MISCONFIGURED = 'invalid_configuration_temporary_access';

describe('F9 TempPass basic', () => {
  let stack: Stack;
  before(async function () {
    this.timeout(300_000);
    stack = await startStack({
      sandbox: { throttle: false, tempPassLifeMs: TRIAL_MS },
      adobePass: UNTHROTTLED,
    });
    const demo = stack.apps.get('demo');
    assert.ok(demo);
    stack.apps.set('trials', { ...demo, tempPass: [ONCE.id, DAILY.id] });
    stack.apps.set('odd', { ...demo, tempPass: ['NorthCable', DAILY.id] });
    stack.apps.set('gone', { ...demo, tempPass: ['TempPass_Gone'] });
  });
  after(() => stack.stop());
  afterEach(() => stack.sandbox.faults.clear());
  const { answer, denies } = answersOf(() => stack);

  const trialTv = (app = 'trials') => newTv(stack, { app });
  const configurations = ({ sent }: Tv) => sent('configuration').length;
  const mvpdOf = async (tv: DeviceClient) => {
    const { standing } = await tv.view();
    return standing.status === 'signed-in' ? standing.profile.mvpd.id : reasonOf(standing);
  };
  const playsUp = async (tv: DeviceClient) => {
    assert.equal((await tv.authorize('news')).status, 'permitted');
    stack.sandbox.useUpTrials();
    assert.equal((await tv.authorize('news')).status, 'denied');
    assert.equal(await mvpdOf(tv), 'trial-ended');
  };

  it('needs no session and no list of providers: one question, and the first play starts its clock (steps 1 to 3) [CFG-03]', async () => {
    const device = trialTv();
    const { trial, mvpd } = asAccess(await device.tv.authenticate({ trial: true })).profile;
    assert.deepEqual([mvpd, trial], [ONCE, { hasBegun: false }]);
    assert.deepEqual(device.operations(), ['register', 'token', 'profileByMvpd']);
    const play = await device.tv.authorize('news');
    assert.ok(play.status === 'permitted' && play.source === 'temppass');
    assert.equal(configurations(device), 0);
    assert.ok(
      device.sent('profileByMvpd').every((one) => !('ap-temppass-identity' in one.headers)),
    );
  });

  it('gives the next trial when one is used up, by settings, and then one answer that leads to a provider (steps 4 to 6) [ATN-18]', async () => {
    const device = trialTv();
    const { tv, sent } = device;
    assert.equal(asAccess(await tv.authenticate({ trial: true })).profile.mvpd.id, ONCE.id);
    await playsUp(tv);
    assert.equal(asAccess(await tv.authenticate({ trial: true })).profile.mvpd.id, DAILY.id);
    const errorNow = async () => (await tv.view()).lastError?.operation;
    assert.equal(await errorNow(), 'authorize', 'the denial, not that the first is used up');
    await playsUp(tv);
    const error = await errorOf(tv.authenticate({ trial: true }));
    const { code, action, status, retryable } = error;
    assert.deepEqual([code, action, status, retryable], ['trials_used_up', 'none', 403, false]);
    assert.match(error.message, /sign in with a provider/);
    assert.equal(await errorNow(), 'authorize');
    const { calls } = await tv.view();
    assert.equal(calls.at(-1)?.code, DURATION, 'the table of calls tells');
    assert.equal(configurations(device), 0);

    await signIn(tv); // step 7: a provider at any moment, and no logout for it
    assert.equal(await mvpdOf(tv), NORTH);
    assert.equal(sent('logout').length, 0);
    const asked = device.operations().length;
    assert.equal(asAccess(await tv.authenticate({ trial: true })).profile.mvpd.id, NORTH);
    assert.equal(device.operations().length, asked, 'who is signed in needs no trial');
  });

  it('begins while a code is shown, which then ends; where no trial is left the code goes on', async () => {
    const { tv } = trialTv();
    const { code } = asPending(await tv.authenticate());
    assert.equal(asAccess(await tv.authenticate({ trial: true })).profile.mvpd.id, ONCE.id);
    await playsUp(tv);
    asAccess(await tv.authenticate({ trial: true }));
    await playsUp(tv);
    const shown = asPending(await tv.authenticate());
    assert.notEqual(shown.code, code);
    assert.equal((await errorOf(tv.authenticate({ trial: true }))).code, 'trials_used_up');
    assert.equal(asPending(await tv.authenticate()).code, shown.code);
    assert.equal((await tv.view()).login?.askedAt !== undefined, true);
  });

  it('is not skipped because Adobe is away, but asked for again', async () => {
    const device = trialTv();
    answer(device, 'profileByMvpd', { kind: 'status', status: 503 });
    const error = await errorOf(device.tv.authenticate({ trial: true }));
    assert.equal(error.retryable, true);
    assert.ok(device.sent('profileByMvpd').every(({ path }) => path.endsWith(ONCE.id)));
    stack.sandbox.faults.clear();
    assert.equal(asAccess(await device.tv.authenticate({ trial: true })).profile.mvpd.id, ONCE.id);
  });

  it('that is set up wrongly is for operators; the next one serves, or the answer says why not', async () => {
    const device = trialTv();
    answer(device, 'profileByMvpd', { kind: 'error', code: MISCONFIGURED, times: 1 });
    assert.equal(asAccess(await device.tv.authenticate({ trial: true })).profile.mvpd.id, DAILY.id);
    const other = trialTv();
    answer(other, 'profileByMvpd', { kind: 'error', code: MISCONFIGURED });
    const { code, action } = await errorOf(other.tv.authenticate({ trial: true }));
    assert.deepEqual([code, action], [MISCONFIGURED, 'configuration']);
    assert.equal((await other.tv.view()).lastError?.code, MISCONFIGURED);
  });

  it('is what the file of apps says: no regular provider, none that nobody knows, not nothing', async () => {
    const odd = asAccess(await trialTv('odd').tv.authenticate({ trial: true }));
    assert.equal(odd.profile.mvpd.id, DAILY.id);
    const gone = await errorOf(trialTv('gone').tv.authenticate({ trial: true }));
    assert.equal(gone.code, 'invalid_parameter_mvpd');
    const none = await errorOf(trialTv('demo').tv.authenticate({ trial: true }));
    assert.deepEqual([none.code, none.action], ['no_trial', 'configuration']);
    assert.match(none.message, /app demo offers no trial: add tempPass/);
  });

  it('is asked for in one way at a time, in one line of what is wrong', async () => {
    const { tv } = trialTv();
    const both = await errorOf(tv.authenticate({ trial: true, mvpd: ONCE }));
    assert.deepEqual([both.code, both.message.includes('without mvpd')], ['invalid_request', true]);
    const identity = await errorOf(tv.authenticate({ tempPassIdentity: 'viewer@example.com' }));
    assert.match(identity.message, /give its mvpd, or trial/);
    assert.equal((await errorOf(tv.view())).code, 'not_signed_in', 'and nothing was begun');
  });

  it('begins with the first play, and who watches is told to stop when it ends [TMP-01] [ATN-18]', async () => {
    const { tv, sent } = newTv(stack);
    const offered = asAccess(await tv.authenticate({ mvpd: ONCE })).profile;
    assert.deepEqual(offered.trial, { hasBegun: false });
    const { seen, stop } = watch(tv);
    await eventually(() => seen.length === 1, 'watching');
    await new Promise((resolve) => setTimeout(resolve, 500)); // the clock does not run yet
    assert.equal((await tv.authorize('news')).status, 'permitted');
    const begun = await eventually(() => seen[1], 'told of the beginning');
    const { trial, expiresAt } = asAccess(begun).profile;
    assert.deepEqual(trial, { hasBegun: true });
    assert.ok(expiresAt.getTime() >= offered.expiresAt.getTime() + 500, 'from the play on');
    const stopped = await eventually(() => seen[2], 'told to stop', 2 * TRIAL_MS);
    assert.equal(reasonOf(stopped), 'trial-ended');
    const late = Date.now() - expiresAt.getTime();
    assert.ok(late > -50 && late < 2_000, `${late} ms after its end`);
    await stop();
    assert.ok(
      sent('authorize', 'profileByMvpd').every((one) => !('ap-temppass-identity' in one.headers)),
    );

    const error = await errorOf(tv.authenticate({ mvpd: ONCE }));
    assert.deepEqual([error.code, error.action, error.status], [DURATION, 'none', 403]);
    assert.equal(sent('logout').length, 0);
    await signIn(tv);
    assert.equal(sent('logout').length, 0, 'a sign-in needs no logout');
  });

  it('in which nothing was played is over without a word of an end, and can be had again', async () => {
    const { tv } = newTv(stack);
    asAccess(await tv.authenticate({ mvpd: ONCE }));
    const { standing } = await untilStatus(tv, 'signed-out', 2 * TRIAL_MS);
    assert.equal(reasonOf(standing), 'profile-expired');
    asAccess(await tv.authenticate({ mvpd: ONCE }));
  });

  it('is ended by a denial that says so, and comes again after a reset', async () => {
    const device = newTv(stack);
    const { tv, sent } = device;
    asAccess(await tv.authenticate({ mvpd: ONCE }));
    denies(device, 'authorize', {
      code: DURATION,
      action: 'authentication',
      status: 403,
      message: '',
    });
    const play = await tv.authorize('channel-0');
    assert.ok(play.status === 'denied' && play.code === DURATION);
    assert.equal(reasonOf((await tv.view()).standing), 'trial-ended');
    stack.sandbox.faults.clear();
    const asked = sent('createSession').length;
    asAccess(await tv.authenticate({ mvpd: ONCE }));
    assert.equal(sent('createSession').length, asked, 'it was not set aside');
  });

  it('asks for what is left of it once a play, though Adobe fails', async () => {
    const device = newTv(stack);
    const { tv, sent } = device;
    asAccess(await tv.authenticate({ mvpd: ONCE }));
    const asked = sent('profileByMvpd').length;
    answer(device, 'profileByMvpd', { kind: 'status', status: 500 });
    assert.equal((await tv.authorize('news')).status, 'permitted');
    assert.equal(sent('profileByMvpd').length, asked + 1);
    const { standing } = await tv.view();
    assert.deepEqual(standing.status === 'signed-in' && standing.trial, { hasBegun: true });
  });

  it('is permitted though what is left of it can not be read', async () => {
    const device = newTv(stack);
    const { tv } = device;
    asAccess(await tv.authenticate({ mvpd: ONCE }));
    answer(device, 'profileByMvpd', { kind: 'hang' });
    const since = Date.now();
    assert.equal((await tv.authorize('news')).status, 'permitted');
    assert.ok(Date.now() - since < 4_000);
    const { standing } = await untilStatus(tv, 'signed-out', 3 * TRIAL_MS);
    assert.equal(reasonOf(standing), 'trial-ended');
  });
});
