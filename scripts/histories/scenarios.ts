import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTempPassResets } from '../../src/client/temppass-resets.ts';
import { gatewayLimitsWorkflowId } from '../../src/device-identity.ts';
import { forget } from '../../src/workflows/messages.ts';
import { CODE, ROOM } from '../../src/workflows/search-attributes.ts';
import { signInAsViewer } from '../../src/sandbox/index.ts';
import { APPLE_TV, DENIED, NORTH, signInByApple, vouching } from '../../test/flows/apple.ts';
import { eventually, freshIp, type Stack, type StackOptions } from '../../test/support/stack.ts';
import { audited, auditedWithoutToken } from './catalogue-audit.ts';
import { householdJoined, householdSignedOut, ofHousehold, serviceTokenSso } from './household.ts';
import { keysRolledBack, keysRolledOut } from './key-rollout.ts';
import { atOnce, MVPD, showCode, signIn, until } from './play.ts';

/** Workflow ids by the name of the file that keeps their history. */
type Kept = Record<string, string>;

/** One life worth keeping, played against the sandbox and a Temporal server. */
export interface Scenario {
  options?: StackOptions;
  play: (stack: Stack) => Promise<Kept>;
}

/** What the scheduled poll finds, with no browser to tell of it. */
async function signedIn(stack: Stack): Promise<Kept> {
  const tv = stack.tv();
  await signInAsViewer(await showCode(tv));
  await until(stack, tv, 'signed-in');
  await tv.preauthorize(['REF30', 'premium-one']);
  await tv.authorize('REF30');
  return { 'signed-in': tv.workflowId };
}

/** A viewer who finished when nobody waited any more is signed in by the profile that exists (F1). */
async function existingProfile(stack: Stack): Promise<Kept> {
  const tv = stack.tv();
  await signInAsViewer(await showCode(tv));
  await tv.abandon();
  assert.equal((await tv.authenticate()).status, 'signed-in');
  return { 'existing-profile': tv.workflowId };
}

/** The provider's page on the TV itself: nobody asks before the browser is back (F2). */
async function sameScreen(stack: Stack): Promise<Kept> {
  const tv = stack.tv();
  const redirectUrl = 'http://127.0.0.1:9/done';
  const shown = await tv.authenticate({ mvpd: MVPD, screen: 'same', redirectUrl });
  assert.ok(shown.status === 'pending' && shown.url);
  await signInAsViewer(shown.url);
  await tv.browserReturned();
  await until(stack, tv, 'signed-in');
  return { 'same-screen': tv.workflowId };
}

async function denied(stack: Stack): Promise<Kept> {
  const tv = stack.tv();
  await signIn(stack, tv);
  assert.equal((await tv.authorize('premium-one')).status, 'denied');
  assert.equal((await tv.authorize('parental-one')).status, 'denied');
  return { denied: tv.workflowId };
}

async function expiredAndRenewed(stack: Stack): Promise<Kept> {
  const tv = stack.tv();
  const first = await tv.authenticate({ mvpd: MVPD });
  assert.ok(first.status === 'pending');
  const stop = new AbortController();
  for await (const standing of tv.watch({ signal: stop.signal })) {
    if (standing.status === 'signed-in') break;
    assert.ok(standing.status === 'pending' && standing.url);
    if (standing.code !== first.code) await signInAsViewer(standing.url);
  }
  return { 'expired-and-renewed': tv.workflowId };
}

/** Who asks for the code watches from the answer on, to the end of the sign-in. */
async function watched(stack: Stack): Promise<Kept> {
  const tv = stack.tv();
  const seen: string[] = [];
  for await (const standing of tv.watch({ authenticate: { mvpd: MVPD } })) {
    seen.push(standing.status);
    if (standing.status === 'pending' && standing.url) {
      await signInAsViewer(standing.url);
      await tv.browserReturned();
    }
    if (standing.status === 'signed-in') await tv.logout();
    if (standing.status === 'signed-out') break;
  }
  assert.deepEqual(seen, ['pending', 'signed-in', 'signed-out']);
  return { watched: tv.workflowId };
}

/** Who watches hears when the clock of a promotional trial starts, and when it has run out. */
async function trialEnded(stack: Stack): Promise<Kept> {
  const tv = stack.tv();
  const seen: string[] = [];
  const authenticate = { mvpd: TRIAL, tempPassIdentity: 'viewer@example.com' };
  for await (const standing of tv.watch({ authenticate })) {
    seen.push(standing.status);
    if (seen.length === 1) assert.equal((await tv.authorize('REF30')).status, 'permitted');
    if (standing.status === 'signed-out') break;
  }
  assert.deepEqual(seen, ['signed-in', 'signed-in', 'signed-out']);
  return { 'trial-ended': tv.workflowId };
}

/**
 * AuthNAll: let in while the rule holds, which the device asks for again; it is lifted, at a decision and
 * then in the middle of a sign-in, and the viewer signs in with a code.
 */
async function degradedAuthnall(stack: Stack): Promise<Kept> {
  const { sandbox } = stack;
  const ip = freshIp();
  const tv = stack.tv({ ip });
  const rule = { mvpd: MVPD.id, kind: 'AuthNAll' } as const;
  sandbox.degrade(rule);
  for (const _time of ['first', 'again']) {
    const standing = await tv.authenticate({ mvpd: MVPD });
    assert.ok(standing.status === 'signed-in' && standing.profile.type === 'degraded');
  }
  const looks = () => sandbox.requests.filter(({ operation }) => operation === 'profileByMvpd');
  const before = looks().length;
  await eventually(() => looks().length > before, 'its timer asks too');
  await tv.preauthorize(['REF30', 'premium-one']);
  assert.equal((await tv.authorize('premium-one')).status, 'permitted');
  sandbox.undegrade();
  assert.equal((await tv.authorize('REF30')).status, 'denied');
  await until(stack, tv, 'signed-out');
  const body = JSON.stringify({ ...DIRECT, mvpd: MVPD.id });
  sandbox.faults.set({ operation: 'createSession', kind: 'body', body, ip });
  await signIn(stack, tv);
  return { 'degraded-authnall': tv.workflowId };
}

/** A session that a rule lets in at once. */
const DIRECT = {
  actionName: 'authorize',
  actionType: 'direct',
  reasonType: 'degraded',
  url: '/api/v2/REF30/decisions/authorize/NorthCable',
  sessionId: 'x',
  serviceProvider: 'REF30',
};

/** AuthZAll: all is permitted while the rule holds, and what its permits were worth goes with it. */
async function authzAll(stack: Stack): Promise<Kept> {
  const tv = stack.tv();
  await signIn(stack, tv);
  stack.sandbox.degrade({ mvpd: MVPD.id, kind: 'AuthZAll' });
  const [filtered] = await tv.preauthorize(['premium-one']);
  assert.equal(filtered?.authorized, true);
  assert.equal((await tv.authorize('premium-one')).status, 'permitted');
  stack.sandbox.undegrade();
  const [anew] = await tv.preauthorize(['premium-one']);
  assert.equal(anew?.authorized, false);
  assert.equal((await tv.authorize('premium-one')).status, 'denied');
  return { 'authz-all': tv.workflowId };
}

/** AuthZNone: what was permitted is denied, in words of the programmer, until the rule is lifted. */
async function authzNone(stack: Stack): Promise<Kept> {
  const tv = stack.tv();
  await signIn(stack, tv);
  await tv.preauthorize(['REF30']);
  stack.sandbox.degrade({ mvpd: MVPD.id, kind: 'AuthZNone', message: 'Back at eight.' });
  assert.equal((await tv.authorize('REF30')).status, 'denied');
  const [filtered] = await tv.preauthorize(['REF30']);
  assert.equal(filtered?.authorized, false);
  stack.sandbox.undegrade();
  assert.equal((await tv.authorize('REF30')).status, 'permitted');
  return { 'authz-none': tv.workflowId };
}

/** Two profiles, of which the app takes the one that would not be the rule's. */
async function severalProfiles(stack: Stack): Promise<Kept> {
  const tv = stack.tv();
  await signIn(stack, tv);
  const other = await tv.authenticate({ mvpd: { id: 'SkyDish' } });
  assert.ok(other.status === 'pending' && other.url);
  await signInAsViewer(other.url);
  await tv.browserReturned();
  await until(stack, tv, 'signed-in');
  assert.equal((await tv.profiles()).length, 2);
  const chosen = await tv.authenticate({ mvpd: MVPD });
  assert.ok(chosen.status === 'signed-in' && chosen.profile.mvpd.id === MVPD.id);
  return { 'several-profiles': tv.workflowId };
}

/** Signed in by what another app did, out by a request without the token, and in again with the next. */
async function platformSignedIn(stack: Stack): Promise<Kept> {
  const viewerTokens = () => ({
    subjectToken: stack.sandbox.platformToken({ platform: 'amazon', subject: 'viewer' }),
  });
  await signIn(stack, stack.tv({ viewerTokens: viewerTokens() }));
  const id = randomUUID();
  const second = (brings = {}) => stack.tv({ id, ...brings });
  const tv = second({ viewerTokens: viewerTokens() });
  const found = await tv.authenticate();
  assert.ok(found.status === 'signed-in' && found.profile.type === 'platformSSO');
  assert.equal((await tv.authorize('REF30')).status, 'permitted');
  assert.equal((await second().authorize('REF30')).status, 'denied');
  assert.equal((await second().authenticate()).status, 'pending');
  assert.equal((await tv.authenticate()).status, 'signed-in', 'beside the code');
  await tv.logout();
  return { 'platform-signed-in': tv.workflowId };
}

/** A Roku that is sold: the next account finds nobody signed in. */
async function rokuSold(stack: Stack): Promise<Kept> {
  const id = randomUUID();
  const of = (rokuSubscriberId: string) => {
    const rokuConnectToken = stack.sandbox.platformToken({
      platform: 'roku',
      subject: rokuSubscriberId,
      form: 'jwe',
    });
    return stack.tv({ id, rokuSubscriberId, viewerTokens: { rokuConnectToken } });
  };
  const before = of('subscriber-before');
  await signIn(stack, before);
  assert.equal((await before.authorize('REF30')).status, 'permitted');
  await assert.rejects(of('subscriber-after').authorize('REF30'), { code: 'not_signed_in' });
  await signIn(stack, of('subscriber-after'));
  return { 'roku-sold': before.workflowId };
}

/** The first trial is used up, the second is taken; then none is left, and a code goes on. */
async function trialsInARow(stack: Stack): Promise<Kept> {
  const demo = stack.apps.get('demo');
  assert.ok(demo);
  stack.apps.set('trials', { ...demo, tempPass: ['TempPass_Titles', 'TempPass_Daily'] });
  const tv = stack.tv({ app: 'trials' });
  const asked = { trial: true, tempPassIdentity: 'viewer@example.com' };
  for (const id of ['TempPass_Titles', 'TempPass_Daily']) {
    const standing = await tv.authenticate(asked);
    assert.ok(standing.status === 'signed-in' && standing.profile.mvpd.id === id);
    assert.equal((await tv.authorize('REF30')).status, 'permitted');
    stack.sandbox.useUpTrials();
    assert.equal((await tv.authorize('REF30')).status, 'denied');
  }
  await showCode(tv);
  await assert.rejects(tv.authenticate(asked), { code: 'trials_used_up' });
  return { 'trials-in-a-row': tv.workflowId };
}

/** A code whose session is invalidated, then a session of the provider, then a profile. */
async function invalidated(stack: Stack): Promise<Kept> {
  const tv = stack.tv();
  const shown = await tv.authenticate({ mvpd: MVPD });
  assert.ok(shown.status === 'pending');
  stack.sandbox.invalidateSession(shown.code);
  const handle = stack.client.workflow.getHandle(tv.workflowId);
  const codeNow = async () => (await handle.describe()).typedSearchAttributes.get(CODE);
  await eventually(async () => (await codeNow()) !== shown.code, 'a new code', 15_000);
  await signIn(stack, tv);
  stack.sandbox.endMvpdSessions();
  await tv.preauthorize(['REF30']);
  await until(stack, tv, 'signed-out');
  await signIn(stack, tv);
  // As if the answer named no action: the code alone says enough.
  const error = { code: 'authenticated_profile_invalidated', action: 'none', status: 403 };
  const decisions = [{ resource: 'REF30', authorized: false, source: 'mvpd', error }];
  stack.sandbox.faults.set({
    operation: 'authorize',
    kind: 'body',
    body: JSON.stringify({ decisions }),
  });
  assert.equal((await tv.authorize('REF30')).status, 'denied');
  await until(stack, tv, 'signed-out');
  return { invalidated: tv.workflowId };
}

/** A privacy request: the last that its history says, before that is deleted, which here it is not. */
async function forgotten(stack: Stack): Promise<Kept> {
  const tv = stack.tv();
  await signIn(stack, tv);
  const handle = stack.client.workflow.getHandle(tv.workflowId);
  const { profile, logout } = await handle.executeUpdate(forget, { args: [{ logsOut: true }] });
  assert.ok(profile && logout?.actions.length === 1);
  await handle.result();
  return { forgotten: tv.workflowId };
}

/** Signed in by Apple's framework, a play, the end of the profile, and the same again in silence. */
async function signedInByApple(stack: Stack): Promise<Kept> {
  const tv = stack.tv({ facts: APPLE_TV, viewerTokens: { partnerFrameworkStatus: vouching(NORTH) } });
  stack.sandbox.partnerSso({ profileLifeMs: 2_500 });
  await signInByApple(tv);
  assert.equal((await tv.authorize('REF30')).status, 'permitted');
  await until(stack, tv, 'signed-out');
  stack.sandbox.partnerSso({});
  await signInByApple(tv);
  const { actions } = await tv.logout();
  assert.equal(actions[0]?.actionName, 'partner_logout');
  return { 'signed-in-by-apple': tv.workflowId };
}

/** The framework vouches for nobody, then its answer is refused: each time a code takes its place. */
async function appleFellBack(stack: Stack): Promise<Kept> {
  const options = { facts: APPLE_TV, id: 'an-apple-tv', ip: freshIp() };
  const denied = stack.tv({ ...options, viewerTokens: { partnerFrameworkStatus: DENIED } });
  assert.equal((await denied.partnerSignIn()).status, 'pending');
  const viewerTokens = { partnerFrameworkStatus: vouching(NORTH) };
  const tv = stack.tv({ ...options, viewerTokens });
  assert.equal((await tv.partnerSignIn()).status, 'partner');
  const standing = await tv.partnerResponse({ samlResponse: '<refused/>' });
  assert.ok(standing.status === 'pending');
  const chosen = await tv.resume({ code: standing.code, mvpd: MVPD });
  assert.ok(chosen.status === 'pending' && chosen.url);
  await signInAsViewer(chosen.url);
  await tv.browserReturned();
  await until(stack, tv, 'signed-in');
  return { 'apple-fell-back': tv.workflowId };
}

/** Two nights: the second uses the credentials of the first. */
async function trialsReset(stack: Stack): Promise<Kept> {
  const folder = await mkdtemp(join(tmpdir(), 'devicepass-'));
  try {
    const statementFile = join(folder, 'statement');
    const scopes = ['temporary:passes:owner'];
    await writeFile(statementFile, stack.sandbox.softwareStatement({ scopes }));
    stack.config.management = { url: stack.sandbox.url, statementFile };
    await stack.redeploy();
    const resets = createTempPassResets(stack.client, stack.config.taskQueue);
    const daily = { app: 'demo', mvpd: 'TempPass_Daily', at: '00:00', timeZone: 'UTC' };
    const { scheduleId } = await resets.schedule(daily);
    const schedule = stack.client.schedule.getHandle(scheduleId);
    for (const night of [1, 2]) {
      await schedule.trigger('BUFFER_ONE');
      const { workflowId } = await eventually(
        async () => (await schedule.describe()).info.recentActions[night - 1]?.action.workflow,
        `night ${night}`,
      );
      await stack.client.workflow.getHandle(workflowId).result();
      if (night === 2) return { 'trials-reset': workflowId };
    }
    throw new Error('there are two nights');
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function loggedOut(stack: Stack): Promise<Kept> {
  const tv = stack.tv();
  await signIn(stack, tv);
  const { actions } = await tv.logout();
  assert.equal(actions.length, 1);
  return { 'logged-out': tv.workflowId };
}

async function abandoned(stack: Stack): Promise<Kept> {
  const tv = stack.tv();
  await showCode(tv);
  await tv.abandon();
  await until(stack, tv, 'signed-out');
  return { abandoned: tv.workflowId };
}

async function nobodyThere(stack: Stack): Promise<Kept> {
  const tv = stack.tv();
  await showCode(tv);
  await until(stack, tv, 'signed-out');
  return { 'nobody-there': tv.workflowId };
}

/** First contacts at once, then decisions and a logout at once: all that the locks are there for. */
async function concurrentUpdates(stack: Stack): Promise<Kept> {
  const tv = stack.tv();
  const first = await atOnce(stack, () => [1, 2, 3].map(() => tv.authenticate({ mvpd: MVPD })));
  assert.ok(first.every(({ status }) => status === 'fulfilled'));
  await atOnce(stack, () => [
    tv.authenticate({ mvpd: MVPD, restart: true }),
    tv.authenticate({ mvpd: MVPD }),
    tv.abandon(),
  ]);
  await signIn(stack, tv);
  await atOnce(stack, () => [
    tv.preauthorize(['REF30', 'premium-one']),
    tv.authorize('REF30'),
    tv.logout(),
  ]);
  await until(stack, tv, 'signed-out');
  return { 'concurrent-updates': tv.workflowId };
}

async function continuedAsNew(stack: Stack): Promise<Kept> {
  const tv = stack.tv();
  await signIn(stack, tv);
  const handle = stack.client.workflow.getHandle(tv.workflowId);
  for (const run of ['first', 'second']) {
    const { runId } = await handle.describe();
    // A workflow knows its length as it was when its task began: one request more than the limit.
    while ((await handle.describe()).historyLength <= EVENTS + 10) {
      assert.equal((await tv.authorize('REF30')).status, 'permitted');
    }
    await eventually(
      async () => (await handle.describe()).runId !== runId,
      `the ${run} run is over`,
    );
  }
  await tv.logout();
  return { 'continued-as-new': tv.workflowId };
}

async function registrationLost(stack: Stack): Promise<Kept> {
  const tv = stack.tv();
  await signIn(stack, tv);
  stack.sandbox.revokeClients();
  await assert.rejects(tv.preauthorize(['REF30']));
  await signIn(stack, tv);
  return { 'registration-lost': tv.workflowId };
}

/** A deployment while a code waits: the device finds another room, and the one that closed tells it so. */
async function moved(stack: Stack): Promise<Kept> {
  const tv = stack.tv();
  const url = await showCode(tv);
  const handle = stack.client.workflow.getHandle(tv.workflowId);
  const roomOf = async () => (await handle.describe()).typedSearchAttributes.get(ROOM);
  const before = await roomOf();
  await stack.redeploy();
  await eventually(async () => (await roomOf()) !== before, 'it waits elsewhere', 30_000);
  await signInAsViewer(url);
  await until(stack, tv, 'signed-in');
  const { taskQueue } = stack.config;
  return { moved: tv.workflowId, 'room-closed': `waiting-room:${taskQueue}:${before}` };
}

async function secondScreen(stack: Stack): Promise<Kept> {
  const tv = stack.tv();
  const standing = await tv.authenticate();
  assert.ok(standing.status === 'pending');
  const phone = stack.pass.secondScreen(standing.code, { app: stack.activation, ip: freshIp() });
  assert.equal((await phone.check()).status, 'known');
  const [mvpd] = await phone.providers();
  assert.ok(mvpd);
  const chosen = await phone.choose(mvpd);
  assert.ok(chosen.status === 'pending' && chosen.url);
  await signInAsViewer(chosen.url);
  await tv.browserReturned();
  await until(stack, tv, 'signed-in');
  return { resumed: tv.workflowId, 'second-screen': `application:${stack.config.taskQueue}:${stack.activation}` };
}

/** What two gateways spend of their limits, a report that comes twice, and another ten minutes. */
async function gatewayLimits(stack: Stack): Promise<Kept> {
  const spent = [{ key: 'sessions', here: 3, most: 10 }];
  const tell = (gateway: string, window: number) => stack.pass.tellSpent({ gateway, window, spent });
  await tell('one', 1);
  await tell('two', 1);
  assert.deepEqual(await tell('two', 1), { sessions: 6 });
  assert.deepEqual(await tell('one', 2), { sessions: 3 });
  return { 'gateway-limits': gatewayLimitsWorkflowId(stack.config.taskQueue) };
}

/** Runs as short as settings allow. */
const EVENTS = 50;

const TRIAL = { id: 'TempPass_Titles' };

/** Codes of three seconds, so that nobody has to wait half an hour. */
const shortCodes: StackOptions = { sandbox: { codeLifeMs: 3_000 } };

export const scenarios: Scenario[] = [
  { play: signedIn },
  { play: existingProfile },
  { play: sameScreen },
  { play: denied },
  { options: shortCodes, play: expiredAndRenewed },
  { play: watched },
  { options: { sandbox: { tempPassLifeMs: 2_000 } }, play: trialEnded },
  { options: { sandbox: { throttle: false, degradedLifeMs: 1_500 } }, play: degradedAuthnall },
  { play: authzAll },
  { play: authzNone },
  { play: severalProfiles },
  { play: platformSignedIn },
  { play: rokuSold },
  { options: ofHousehold, play: serviceTokenSso },
  { options: ofHousehold, play: householdSignedOut },
  { options: ofHousehold, play: householdJoined },
  { play: trialsInARow },
  { play: invalidated },
  { play: forgotten },
  { play: signedInByApple },
  { play: appleFellBack },
  { play: trialsReset },
  { play: loggedOut },
  { play: abandoned },
  { options: shortCodes, play: nobodyThere },
  { play: concurrentUpdates },
  { options: { config: { continueAsNewAfterEvents: EVENTS } }, play: continuedAsNew },
  { play: registrationLost },
  { play: moved },
  { play: secondScreen },
  { play: gatewayLimits },
  { play: audited },
  { play: auditedWithoutToken },
  { play: keysRolledOut },
  { play: keysRolledBack },
];
