import assert from 'node:assert/strict';
import { defineQuery } from '@temporalio/workflow';
import type { Access, Standing } from '../../src/client.ts';
import { signInAsViewer } from '../../src/sandbox/index.ts';
import { MVPD, PROFILE_TYPE } from '../../src/workflows/search-attributes.ts';
import { eventually, type Stack, startStack } from '../support/stack.ts';
import {
  answersOf,
  asPending,
  errorOf,
  historyOf,
  newTv,
  showCode,
  signIn,
  type Tv,
  untilStatus,
  watch,
} from '../workflows/support.ts';

const metadata = defineQuery<{ currentDetails?: string }>('__temporal_workflow_metadata');

const SKY = { id: 'SkyDish' };
const NORTH = { id: 'NorthCable' };
/** Adobe tells of the rule for so long at a time. */
const LIFE_MS = 1_500;

const asDegraded = (standing: Standing | undefined): Access => {
  assert.ok(standing?.status === 'signed-in', `signed in, not ${JSON.stringify(standing)}`);
  assert.equal(standing.profile.type, 'degraded');
  return standing;
};

describe('F11 Degraded: AuthNAll [ATN-17]', () => {
  let stack: Stack;
  before(async function () {
    this.timeout(300_000);
    stack = await startStack({ sandbox: { throttle: false, degradedLifeMs: LIFE_MS } });
  });
  after(() => stack.stop());
  beforeEach(() => stack.sandbox.degrade({ mvpd: SKY.id, kind: 'AuthNAll' }));
  afterEach(() => {
    stack.sandbox.undegrade();
    stack.sandbox.faults.clear();
  });
  const { answer, answerBody } = answersOf(() => stack);

  const attributesOf = async ({ tv }: Tv) => {
    const handle = stack.client.workflow.getHandle(tv.workflowId);
    const { typedSearchAttributes } = await handle.describe();
    return [typedSearchAttributes.get(PROFILE_TYPE), typedSearchAttributes.get(MVPD)];
  };
  const direct = {
    actionName: 'authorize',
    actionType: 'direct',
    reasonType: 'degraded',
    url: '/api/v2/REF30/decisions/authorize/SkyDish',
    sessionId: 'x',
    mvpd: SKY.id,
    serviceProvider: 'REF30',
  };

  describe('while the rule holds', () => {
    it('lets the viewer in without a code, by the profile of the provider', async () => {
      const device = newTv(stack);
      const { profile } = asDegraded(await device.tv.authenticate({ mvpd: SKY }));
      assert.deepEqual([profile.mvpd, profile.issuer], [SKY, 'Adobe']);
      const { userID } = profile.attributes as Record<string, { value: string }>;
      assert.match(userID?.value ?? '', /^95cf93bcd183214a/);
      assert.deepEqual(device.operations(), ['register', 'token', 'profileByMvpd']);
    });

    it('lets in by the session where the profile is not looked for, as after a logout', async () => {
      const device = newTv(stack);
      const { tv, sent } = device;
      asDegraded(await tv.authenticate({ mvpd: SKY }));
      const { actions } = await tv.logout();
      const none = { mvpd: SKY.id, actionName: 'complete', actionType: 'none' };
      assert.deepEqual(actions, [none]);
      asPending(await tv.authenticate()); // who signed out does not come back by itself
      asDegraded(await tv.authenticate({ mvpd: SKY }));
      assert.equal(sent('logout').length, 1, 'nothing had to be ended for that');
    });

    it('lets in whoever chooses the provider on a second screen', async () => {
      const { tv } = newTv(stack);
      const { code } = asPending(await tv.authenticate());
      asDegraded(await tv.resume({ code, mvpd: SKY }));
    });

    it('lets in who waits with a code when the rule begins', async () => {
      stack.sandbox.undegrade();
      const device = newTv(stack);
      await showCode(device.tv, { mvpd: SKY });
      stack.sandbox.degrade({ mvpd: SKY.id, kind: 'AuthNAll' });
      const { standing } = await untilStatus(device.tv, 'signed-in');
      assert.ok(standing.status === 'signed-in' && standing.profile.type === 'degraded');
      assert.ok(device.operations().includes('profileByCode'));
    });

    it('permits everything, in the name of the rule, and keeps no permit', async () => {
      const { tv, sent } = newTv(stack);
      await tv.authenticate({ mvpd: SKY });
      for (const times of [1, 2]) {
        const decisions = await tv.preauthorize(['REF30', 'premium-1']);
        assert.deepEqual(
          decisions.map(({ authorized, source }) => [authorized, source]),
          [
            [true, 'degradation'],
            [true, 'degradation'],
          ],
        );
        assert.equal(sent('preauthorize').length, times, 'each time Adobe is asked');
      }
      const play = await tv.authorize('premium-1');
      assert.ok(play.status === 'permitted' && play.source === 'degradation');
      const { url } = stack.sandbox;
      const verified = await fetch(`${url}/_sandbox/verify-media-token`, {
        method: 'POST',
        body: JSON.stringify({ token: play.mediaToken.value, resource: 'premium-1' }),
      });
      assert.match(await verified.text(), /VALID_TOKEN|"valid/);
    });

    it('is asked for at each `authenticate`, and the sign-in goes on', async () => {
      const { tv, sent } = newTv(stack);
      const first = asDegraded(await tv.authenticate({ mvpd: SKY }));
      const asked = sent('profileByMvpd').length;
      await new Promise((resolve) => setTimeout(resolve, 300));
      const second = asDegraded(await tv.authenticate());
      assert.equal(sent('profileByMvpd').length, asked + 1);
      assert.equal(second.generation, first.generation, 'no token ends');
      assert.ok(second.profile.expiresAt > first.profile.expiresAt);
      assert.equal(sent('createSession').length, 0);
    });

    it('lets in anew who begins anew, and is nothing to return to', async () => {
      const { tv } = newTv(stack);
      await signIn(tv);
      const { generation } = asDegraded(await tv.authenticate({ mvpd: SKY }));
      const anew = asDegraded(await tv.authenticate({ mvpd: SKY, restart: true }));
      assert.ok(anew.generation > generation);
      asPending(await tv.authenticate({ mvpd: { id: 'RiverFiber' } }));
      await tv.abandon();
      const back = await tv.authenticate();
      assert.notEqual(back.status === 'signed-in' && back.profile.mvpd.id, SKY.id);
    });

    it('goes on for who watches, beyond the end that Adobe names, and tells nobody', async () => {
      const { tv, sent } = newTv(stack);
      const { seen, stop } = watch(tv, { authenticate: { mvpd: SKY } });
      await eventually(() => sent('profileByMvpd').length >= 2, 'asked again', 5 * LIFE_MS);
      assert.equal(seen.length, 1);
      stack.sandbox.undegrade();
      const { standing: last } = await tv.view();
      const ended = await eventually(() => seen[1], 'told of the end', 3 * LIFE_MS);
      assert.ok(last.status === 'signed-in' && Date.now() >= last.profile.notAfter);
      assert.ok(ended.status === 'signed-out' && ended.reason === 'profile-expired');
      await stop();
    });

    it('keeps what there is while Adobe can not be asked', async () => {
      const device = newTv(stack);
      const { tv } = device;
      const first = asDegraded(await tv.authenticate({ mvpd: SKY }));
      answer(device, 'profileByMvpd', { kind: 'status', status: 503 });
      const second = asDegraded(await tv.authenticate());
      assert.deepEqual(second, first);
    });
  });

  describe('once the rule is lifted', () => {
    it('shows a code at the next `authenticate`, and the viewer signs in', async () => {
      const device = newTv(stack);
      const { tv } = device;
      asDegraded(await tv.authenticate({ mvpd: SKY }));
      stack.sandbox.undegrade();
      const { url = '' } = asPending(await tv.authenticate({ mvpd: SKY }));
      assert.deepEqual(await attributesOf(device), [undefined, SKY.id]);
      await signInAsViewer(url);
      await tv.browserReturned();
      const { standing } = await untilStatus(tv, 'signed-in');
      assert.ok(standing.status === 'signed-in' && standing.profile.type === 'regular');
    });

    it('ends the sign-in at the first decision, and then there is a code', async () => {
      const { tv, sent } = newTv(stack);
      asDegraded(await tv.authenticate({ mvpd: SKY }));
      await tv.preauthorize(['REF30']);
      stack.sandbox.undegrade();
      const play = await tv.authorize('REF30');
      assert.ok(play.status === 'denied' && play.code === 'authenticated_profile_missing');
      assert.equal(play.action, 'authentication');
      const { standing } = await tv.view();
      assert.ok(standing.status === 'signed-out' && standing.reason === 'sign-in-required');
      assert.equal((await errorOf(tv.preauthorize(['REF30']))).code, 'not_signed_in');
      stack.sandbox.degrade({ mvpd: SKY.id, kind: 'AuthNAll' });
      asDegraded(await tv.authenticate()); // nothing was set aside: the rule may come back
      stack.sandbox.undegrade();
      asPending(await tv.authenticate({ mvpd: SKY }));
      assert.equal(sent('logout').length, 0);
    });

    it('lets nobody filter by what was permitted under it', async () => {
      const { tv } = newTv(stack);
      asDegraded(await tv.authenticate({ mvpd: SKY }));
      await tv.preauthorize(['REF30']);
      stack.sandbox.undegrade();
      assert.equal(
        (await errorOf(tv.preauthorize(['REF30']))).code,
        'authenticated_profile_missing',
      );
    });

    it('shows a code though the session still said that it holds', async () => {
      stack.sandbox.undegrade();
      const device = newTv(stack);
      answer(device, 'createSession', { kind: 'body', body: JSON.stringify(direct), times: 1 });
      const { url } = asPending(await device.tv.authenticate({ mvpd: SKY }));
      assert.ok(url);
      assert.equal(device.sent('createSession').length, 2);
    });

    it('leads to the provider though the choice of it still said that it holds', async () => {
      stack.sandbox.undegrade();
      const device = newTv(stack);
      const { code } = asPending(await device.tv.authenticate());
      answer(device, 'resumeSession', { kind: 'body', body: JSON.stringify(direct), times: 1 });
      assert.ok(asPending(await device.tv.resume({ code, mvpd: SKY })).url);
    });

    it('is one clear answer where Adobe says that it holds, and shows no profile', async () => {
      stack.sandbox.undegrade();
      const device = newTv(stack);
      answerBody(device, 'createSession', direct);
      assert.equal((await errorOf(device.tv.authenticate({ mvpd: SKY }))).code, 'no_profile');
      assert.equal(device.sent('createSession').length, 2);
    });
  });

  it('says nothing of who the viewer is: the provider of a real sign-in is remembered', async () => {
    const device = newTv(stack);
    const { tv, sent } = device;
    await signIn(tv);
    asDegraded(await tv.authenticate({ mvpd: SKY }));
    assert.deepEqual(await attributesOf(device), ['degraded', SKY.id], 'but operators see it');
    stack.sandbox.undegrade();
    const sessions = sent('createSession').length;
    const back = await tv.authenticate();
    assert.ok(back.status === 'signed-in' && back.profile.mvpd.id === NORTH.id);
    assert.equal(sent('createSession').length, sessions, 'its profile is there still');
    assert.deepEqual(await attributesOf(device), ['regular', NORTH.id]);
  });

  it('gives nothing back that was set aside before it', async () => {
    const device = newTv(stack);
    const { tv } = device;
    stack.sandbox.undegrade();
    await signIn(tv, { mvpd: SKY.id });
    answer(device, 'logout', { kind: 'status', status: 400, times: 1 });
    assert.ok((await tv.logout()).problem, 'Adobe keeps the profile');
    const shown = { SkyDish: { type: 'degraded', issuer: 'Adobe', attributes: {} } };
    const [notBefore, notAfter] = [Date.now(), Date.now() + 60_000];
    const profiles = { SkyDish: { ...shown.SkyDish, notBefore, notAfter } };
    answerBody(device, 'createSession', direct);
    answerBody(device, 'profileByMvpd', { profiles });
    asDegraded(await tv.authenticate({ mvpd: SKY }));
    const { profile } = asDegraded(await tv.authenticate({ mvpd: SKY }));
    assert.ok(!('passedOver' in profile), 'what is noted while looking is kept nowhere');
    stack.sandbox.faults.clear();
    assert.equal((await tv.authenticate()).status, 'pending');
  });

  it('is seen by operators, who can search for all that are degraded', async () => {
    const { tv } = newTv(stack);
    const { seen, stop } = watch(tv, { authenticate: { mvpd: SKY } });
    await eventually(() => seen[0], 'let in');
    const queue = `TaskQueue = '${stack.config.taskQueue}'`;
    const query = `${queue} AND DevicepassProfileType = 'degraded' AND DevicepassMvpd = 'SkyDish'`;
    await eventually(async () => {
      for await (const { workflowId } of stack.client.workflow.list({ query }))
        if (workflowId === tv.workflowId) return true;
      return false;
    }, query);
    const handle = stack.client.workflow.getHandle(tv.workflowId);
    const { currentDetails = '' } = await handle.query(metadata);
    assert.match(currentDetails, /Signed in with SkyDish \(degraded\) until 20/);
    await stop();
    const history = JSON.stringify(await historyOf(stack, tv));
    assert.ok(!history.includes('95cf93bcd183214a'), 'whose id is sealed all the same');
  });
});
