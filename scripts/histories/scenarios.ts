import assert from 'node:assert/strict';
import { gatewayLimitsWorkflowId } from '../../src/device-identity.ts';
import { ROOM } from '../../src/workflows/search-attributes.ts';
import { signInAsViewer } from '../../src/sandbox/index.ts';
import { APPLE_TV, DENIED, NORTH, signInByApple, vouching } from '../../test/flows/apple.ts';
import { eventually, freshIp, type Stack, type StackOptions } from '../../test/support/stack.ts';
import { audited, auditedWithoutToken } from './catalogue-audit.ts';
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
  await assert.rejects(tv.authorize('REF30'));
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
  { play: denied },
  { options: shortCodes, play: expiredAndRenewed },
  { play: watched },
  { options: { sandbox: { tempPassLifeMs: 2_000 } }, play: trialEnded },
  { play: signedInByApple },
  { play: appleFellBack },
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
