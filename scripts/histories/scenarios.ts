import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTempPassResets } from '../../src/client/temppass-resets.ts';
import { gatewayLimitsWorkflowId } from '../../src/device-identity.ts';
import { forget } from '../../src/workflows/messages.ts';
import { CODE, ROOM } from '../../src/workflows/search-attributes.ts';
import { signInAsViewer } from '../../src/sandbox/index.ts';
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
  { play: trialsInARow },
  { play: invalidated },
  { play: forgotten },
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
