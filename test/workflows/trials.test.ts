import assert from 'node:assert/strict';
import type { Access, DeviceClient, Standing } from '../../src/client.ts';
import { hashOfIdentity } from '../../src/client/temppass-identity.ts';
import { signInAsViewer } from '../../src/sandbox/index.ts';
import { eventually, type Stack, startStack } from '../support/stack.ts';
import { answersOf, asPending, errorOf, newTv, untilStatus, watch } from './support.ts';

const PREVIEW = { id: 'TempPass_Preview' };
const TITLES = { id: 'TempPass_Titles' };
const NORTH = { id: 'NorthCable' };
const IDENTITY = 'Viewer@Example.com';
const TRIAL_MS = 4_000;
const DURATION = 'temporary_access_duration_limit_exceeded';
const NO_TITLES = 'temporary_access_resources_limit_exceeded';

const asAccess = (standing: Standing): Access => {
  assert.ok(standing.status === 'signed-in', `signed in, not ${JSON.stringify(standing)}`);
  return standing;
};
const reasonOf = (standing: { status: string; reason?: unknown } | undefined) =>
  standing?.status === 'signed-out' ? standing.reason : standing?.status;

describe('a trial', () => {
  let stack: Stack;
  before(async function () {
    this.timeout(300_000);
    stack = await startStack({
      sandbox: { throttle: false, tempPassLifeMs: TRIAL_MS, tempPassTitles: 2 },
    });
  });
  after(() => stack.stop());
  afterEach(() => stack.sandbox.faults.clear());
  const { answer, denies } = answersOf(() => stack);

  const logsIn = async (tv: DeviceClient) => {
    const { url } = asPending(await tv.authenticate({ mvpd: NORTH }));
    await signInAsViewer(url ?? '');
    await tv.browserReturned();
    const { standing } = await untilStatus(tv, 'signed-in');
    assert.ok(standing.status === 'signed-in' && standing.profile.mvpd.id === NORTH.id);
  };

  describe('for a time', () => {
    it('begins with the first play, and who watches is told to stop when it ends [TMP-01] [ATN-18]', async () => {
      const { tv, sent } = newTv(stack);
      const offered = asAccess(await tv.authenticate({ mvpd: PREVIEW })).profile;
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

      const error = await errorOf(tv.authenticate({ mvpd: PREVIEW }));
      assert.deepEqual([error.code, error.action, error.status], [DURATION, 'none', 403]);
      assert.equal(sent('logout').length, 0);
      await logsIn(tv);
      assert.equal(sent('logout').length, 0, 'a sign-in needs no logout');
    });

    it('in which nothing was played is over without a word of an end, and can be had again', async () => {
      const { tv } = newTv(stack);
      asAccess(await tv.authenticate({ mvpd: PREVIEW }));
      const { standing } = await untilStatus(tv, 'signed-out', 2 * TRIAL_MS);
      assert.equal(reasonOf(standing), 'profile-expired');
      asAccess(await tv.authenticate({ mvpd: PREVIEW }));
    });

    it('is ended by a denial that says so, and comes again after a reset', async () => {
      const device = newTv(stack);
      const { tv, sent } = device;
      asAccess(await tv.authenticate({ mvpd: PREVIEW }));
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
      asAccess(await tv.authenticate({ mvpd: PREVIEW }));
      assert.equal(sent('createSession').length, asked, 'it was not set aside');
    });

    it('asks for what is left of it once a play, though Adobe fails', async () => {
      const device = newTv(stack);
      const { tv, sent } = device;
      asAccess(await tv.authenticate({ mvpd: PREVIEW }));
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
      asAccess(await tv.authenticate({ mvpd: PREVIEW }));
      answer(device, 'profileByMvpd', { kind: 'hang' });
      const since = Date.now();
      assert.equal((await tv.authorize('news')).status, 'permitted');
      assert.ok(Date.now() - since < 4_000);
      const { standing } = await untilStatus(tv, 'signed-out', 3 * TRIAL_MS);
      assert.equal(reasonOf(standing), 'trial-ended');
    });
  });

  describe('for titles', () => {
    it('sends the hash of the identity where it is listed, counts, and ends with the last [TMP-02] [TMP-03]', async () => {
      const { tv, sent, options } = newTv(stack);
      const asked = { mvpd: TITLES, tempPassIdentity: IDENTITY };
      const offered = asAccess(await tv.authenticate(asked)).profile;
      assert.deepEqual(offered.trial, { hasBegun: false, titlesLeft: 2 });
      const left = async () => {
        const { standing } = await tv.view();
        return standing.status === 'signed-in' ? standing.profile.titlesLeft : reasonOf(standing);
      };
      for (const [title, after] of [
        ['one', 1],
        ['one', 1],
        ['two', 0],
      ] as const) {
        assert.equal((await tv.authorize(title)).status, 'permitted');
        assert.equal(await left(), after, title);
      }
      await tv.preauthorize(['three']);
      const play = await tv.authorize('three');
      assert.ok(play.status === 'denied' && play.code === NO_TITLES);
      assert.equal(await left(), 'trial-ended');
      const error = await errorOf(tv.authenticate(asked));
      assert.deepEqual([error.code, error.action], [NO_TITLES, 'none']);

      const carries = stack.sandbox.requests.filter(
        ({ ip, headers }) => ip === options.ip && 'ap-temppass-identity' in headers,
      );
      const operations = new Set(carries.map(({ operation }) => operation));
      assert.deepEqual([...operations].sort(), ['authorize', 'profileByMvpd']);
      const value = Buffer.from(JSON.stringify({ email: hashOfIdentity(IDENTITY) }));
      for (const { headers } of carries) {
        assert.equal(headers['ap-temppass-identity'], value.toString('base64'));
      }
      const before = carries.length;
      await logsIn(tv);
      assert.equal((await tv.authorize('news')).status, 'permitted');
      const since = sent('authorize', 'profileByMvpd', 'profileByCode').filter(
        ({ headers }) => 'ap-temppass-identity' in headers,
      );
      assert.equal(since.length, before, 'none about another provider');
    });

    it('without an identity has one answer that says so, and begins with it', async () => {
      const { tv } = newTv(stack);
      const unknown = 'invalid_header_identity_for_temporary_access';
      const error = await errorOf(tv.authenticate({ mvpd: TITLES }));
      assert.deepEqual([error.code, error.action, error.status], [unknown, 'none', 400]);
      asAccess(await tv.authenticate({ mvpd: TITLES, tempPassIdentity: 'another@example.com' }));
      assert.equal((await tv.authorize('news')).status, 'permitted');
    });

    it('has no say in a sign-in that is none: who is signed in stays so', async () => {
      const { tv, sent } = newTv(stack);
      await logsIn(tv);
      const before = asAccess(await tv.authenticate({ mvpd: NORTH }));
      const heard = () => sent('profiles', 'profileByMvpd', 'createSession').length;
      const asked = heard();
      const again = await tv.authenticate({ mvpd: NORTH, tempPassIdentity: IDENTITY });
      assert.deepEqual(asAccess(again), before);
      assert.equal(heard(), asked, 'Adobe is not asked');
    });

    it('has begun still when its viewer says who they are', async () => {
      const { tv } = newTv(stack);
      asAccess(await tv.authenticate({ mvpd: PREVIEW }));
      assert.equal((await tv.authorize('news')).status, 'permitted');
      const told = await tv.authenticate({ mvpd: PREVIEW, tempPassIdentity: IDENTITY });
      assert.equal(asAccess(told).profile.trial?.hasBegun, true);
    });

    it('needs a provider with the identity, which no message repeats', async () => {
      const { tv } = newTv(stack);
      const error = await errorOf(tv.authenticate({ tempPassIdentity: IDENTITY }));
      assert.equal(error.code, 'invalid_request');
      assert.ok(!error.message.includes(IDENTITY));
    });
  });

  it('that is set up wrongly has one answer, and leaves the others as they are', async () => {
    const device = newTv(stack);
    const { tv } = device;
    const code = 'invalid_configuration_temporary_access';
    answer(device, 'profileByMvpd', { kind: 'error', code });
    const error = await errorOf(tv.authenticate({ mvpd: TITLES, tempPassIdentity: IDENTITY }));
    assert.deepEqual([error.code, error.action], [code, 'configuration']);
    stack.sandbox.faults.clear();
    asAccess(await tv.authenticate({ mvpd: PREVIEW }));
    denies(device, 'authorize', { code, action: 'configuration', status: 500, message: '' });
    const play = await tv.authorize('channel-0');
    assert.ok(play.status === 'denied' && play.code === code);
    stack.sandbox.faults.clear();
    assert.equal((await tv.authorize('news')).status, 'permitted');
  });

  it('leaves neither the address nor its hash in the history', async () => {
    const { tv } = newTv(stack);
    asAccess(await tv.authenticate({ mvpd: TITLES, tempPassIdentity: 'secret@example.com' }));
    await tv.authorize('news');
    const history = JSON.stringify(
      await stack.client.workflow.getHandle(tv.workflowId).fetchHistory(),
    );
    const hidden = ['secret@example.com', hashOfIdentity('secret@example.com')];
    for (const secret of hidden.flatMap((text) => [text, Buffer.from(text).toString('base64')])) {
      assert.ok(!history.includes(secret.replace(/=+$/, '')));
    }
  });
});
