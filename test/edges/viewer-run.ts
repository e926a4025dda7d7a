import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { DeviceClient } from '../../src/client.ts';
import { DevicePassError } from '../../src/client.ts';
import { signInAsViewer } from '../../src/sandbox/index.ts';
import { eventually, type Stack } from '../support/stack.ts';
import { eventsOf, newTv, untilStatus } from '../workflows/support.ts';
import type { AdobeModel, Script } from './adobe-model.ts';
import { type Odd, odds } from './odd-answers.ts';

export const MESSAGES = [
  'authenticate',
  'choose on the TV',
  'choose another',
  'restart',
  'choose on the phone',
  'log in',
  'nudge',
  'preauthorize',
  'authorize',
  'logout',
  'abandon',
] as const;

/** What happens to one device: messages in this order, and how odd Adobe is meanwhile. */
export interface Scenario {
  messages: (typeof MESSAGES)[number][];
  odds: { odd: Odd; times: number }[];
}

export const scenarios: fc.Arbitrary<Scenario> = fc.record({
  messages: fc.array(fc.constantFrom(...MESSAGES), { minLength: 1, maxLength: 8 }),
  odds,
});

export const POLL_INTERVAL_MS = 1_000;
/** Any two questions for one code: a second, less what a busy machine takes to send the first. */
const DISTANCE_MS = 850;
const NORTH = { id: 'NorthCable' };

/** Plays one scenario, and then a viewer's whole way with an Adobe that is well. */
export async function play(stack: Stack, model: AdobeModel, scenario: Scenario): Promise<void> {
  const { tv, options } = newTv(stack);
  const script: Script = { odds: structuredClone(scenario.odds), heard: [] };
  model.scripts.set(options.ip, script);
  const begun = Date.now();
  for (const message of scenario.messages) await send(stack, tv, message);
  script.odds = [];
  await wayIn(stack, tv);
  await untilQuiet(script);
  checkRules(script, scenario, Date.now() - begun);
  assert.ok(!(await eventsOf(stack, tv)).includes('WORKFLOW_TASK_FAILED'), 'no task failed');
  await tv.abandon();
}

/** Whatever comes of it is an answer or a typed error, and operators see what went wrong. */
async function send(
  stack: Stack,
  tv: DeviceClient,
  message: Scenario['messages'][number],
): Promise<void> {
  try {
    await perform(stack, tv, message);
  } catch (error) {
    assert.ok(error instanceof DevicePassError, `${message}: ${String(error)}`);
    assert.notEqual(error.code, 'no_answer', `${message}: the workflow is stuck`);
    assert.ok(error.message.length > 0 && error.action.length > 0);
    if (OF_THE_REQUEST.includes(error.code)) return;
    const { lastError } = await tv.view();
    assert.ok(lastError, `${message} failed with ${error.code}, and operators see nothing`);
  }
}

/** Refusals that Adobe has no part in. */
const OF_THE_REQUEST = ['not_signed_in', 'unknown_code', 'deadline_exceeded'];

async function perform(
  stack: Stack,
  tv: DeviceClient,
  message: Scenario['messages'][number],
): Promise<unknown> {
  switch (message) {
    case 'authenticate':
      return tv.authenticate();
    case 'choose on the TV':
      return tv.authenticate({ mvpd: NORTH });
    case 'choose another':
      return tv.authenticate({ mvpd: { id: 'SkyDish' } });
    case 'restart':
      return tv.authenticate({ restart: true });
    case 'choose on the phone': {
      const { standing } = await tv.view().catch(() => ({ standing: undefined }));
      if (standing?.status !== 'pending') return undefined;
      return chooseOnPhone(stack, standing.code);
    }
    case 'log in': {
      const { standing } = await tv.view().catch(() => ({ standing: undefined }));
      if (standing?.status !== 'pending' || standing.url === undefined) return undefined;
      return logIn(stack, standing.url);
    }
    case 'nudge':
      return tv.browserReturned();
    case 'preauthorize':
      return tv.preauthorize(['REF30', 'channel-1', 'channel-2']);
    case 'authorize':
      return tv.authorize('REF30');
    case 'logout':
      return tv.logout();
    case 'abandon':
      return tv.abandon();
  }
}

async function chooseOnPhone({ activation, pass }: Stack, code: string) {
  return pass.secondScreen(code, { app: activation, ip: '203.0.113.200' }).choose(NORTH);
}

/** The page of the model is that of the sandbox; a login that fails leads nowhere, as in life. */
async function logIn({ sandbox }: Stack, page: string): Promise<void> {
  if (!URL.canParse(page)) return;
  const { pathname, search } = new URL(page);
  await signInAsViewer(sandbox.url + pathname + search).catch(() => undefined);
}

/** A code, a login, decisions with a reason, and out. */
async function wayIn(stack: Stack, tv: DeviceClient): Promise<void> {
  const shown = await eventually(async () => {
    const standing = await retrying(() => tv.authenticate({ mvpd: NORTH, restart: true }));
    return standing?.status === 'pending' && standing;
  }, 'a code');
  // Who is signed in and wants to be so anew chooses the provider with the code.
  const there = shown.url ? shown : await chooseOnPhone(stack, shown.code);
  if (there.status === 'pending') await logIn(stack, there.url ?? assert.fail('no page to log in'));
  await tv.browserReturned();
  await untilStatus(tv, 'signed-in');
  const decisions = await tv.preauthorize(['REF30', 'channel-1']);
  assert.deepEqual(
    decisions.map(({ resource }) => resource),
    ['REF30', 'channel-1'],
  );
  assert.equal((await tv.authorize('REF30')).status, 'permitted');
  const denied = await tv.authorize(DENIED);
  assert.ok(denied.status === 'denied' && denied.code && denied.message, 'a reason');
  assert.equal((await tv.logout()).status, 'signed-out');
  assert.equal((await tv.view()).standing.status, 'signed-out');
}

/** What was odd a moment ago may ask for patience: as long as that is said. */
async function retrying<T>(ask: () => Promise<T>): Promise<T | undefined> {
  return ask().catch((error: unknown) => {
    if (error instanceof DevicePassError && error.retryable) return undefined;
    throw error;
  });
}

async function untilQuiet({ heard }: Script): Promise<void> {
  const last = heard.at(-1)?.at ?? 0;
  await eventually(() => Date.now() - last > 2 * POLL_INTERVAL_MS, 'two intervals without polls');
  assert.ok((heard.at(-1)?.at ?? 0) <= last + POLL_INTERVAL_MS, 'nobody polls after a logout');
}

/** No loop asks Adobe faster than the rules, nor more often than somebody wants something. */
function checkRules({ heard }: Script, { messages }: Scenario, lastedMs: number): void {
  const polls = heard.filter(({ operation }) => operation === 'profileByCode');
  for (const path of new Set(polls.map((poll) => poll.path))) {
    const ofCode = polls.filter((poll) => poll.path === path);
    for (const [index, { at }] of ofCode.slice(1).entries()) {
      const before = ofCode[index];
      // With a new token a poll is repeated at once (REG-07).
      if (before === undefined || before.status === 401) continue;
      assert.ok(at - before.at >= DISTANCE_MS, `${path} again after ${at - before.at} ms`);
    }
  }
  const opened = heard.filter(({ operation }) => operation === 'createSession').length;
  const wanted = messages.length + 2;
  assert.ok(opened <= 4 * wanted, `${opened} sessions for ${wanted} requests`);
  const others = heard.length - polls.length;
  assert.ok(others <= 20 * wanted + lastedMs / 1000, `${others} calls for ${wanted} requests`);
}

const DENIED = 'premium-1';
