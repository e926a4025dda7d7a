import { condition } from '@temporalio/workflow';
import type { Device } from '../device.ts';
import { type Problem, problemOf } from '../failures.ts';
import type { FoundProfile } from '../../activities/found-profile.ts';
import { accept } from '../seek-sign-in.ts';
import { passedOver } from '../left-behind.ts';
import { type AwaitingLogin } from '../state.ts';
import { askAdobe } from '../upstream.ts';
import type { PhaseEnd } from './phase-end.ts';
import { afterTheCode } from './renewal.ts';
import { beginWait, type WaitEnd } from './wait.ts';

/** How often, and how long after, a nudge that got no answer is sent again. */
const ASK_AGAIN = 3;
const ASK_AGAIN_AFTER_MS = 1_000;
/** Codes of ours for what is no answer of the API, such as the page of a proxy. */
const NOT_OF_ADOBE = ['invalid_response', 'bad_request', 'forbidden', 'not_found'];

/**
 * A code is on the screen. One long activity asks Adobe every 15 s whether the viewer has signed in;
 * a browser that comes back makes us ask at once. When the code runs out and somebody is still
 * there, a new session and a new code take its place.
 */
export async function awaitingLogin(device: Device): Promise<PhaseEnd> {
  const { generation, phase: login } = device.state;
  if (login.name !== 'awaiting-login') return {};
  const changed = () => device.state.generation !== generation;

  let ended: WaitEnd | undefined;
  do {
    // Polling that begins anew keeps an interval's distance from the poll that may just have been.
    ended = await waitForProfile(device, login, changed, ended ? Date.now() : login.startedAt);
    // Who stops a wait changes the phase in the same breath. Where that came to nothing, we wait on.
    await device.phaseLock.waitForUnlock();
  } while (ended?.outcome === 'stopped' && !changed());
  return ended ? conclude(device, login, ended, changed) : {};
}

/** @returns `undefined` when the phase has changed, or there is another code */
async function waitForProfile(
  device: Device,
  login: AwaitingLogin,
  changed: () => boolean,
  since: number,
): Promise<WaitEnd | undefined> {
  const wait = beginWait(device, login, changed, since);
  for (;;) {
    await condition(() => changed() || wait.ended !== undefined || device.nudged);
    if (changed()) {
      if (!endsByItself(device)) wait.cancel();
      return undefined;
    }
    if (wait.ended) return wait.ended;
    if (await askNow(device, login, changed)) return undefined;
  }
}

/**
 * A wait that isn't stopped here ends with its next poll: Adobe has ended the old code with a new
 * one. A cancellation reaches another process by heartbeat only, some polls later, so it is left
 * to those whose code is still good.
 */
function endsByItself({ state: { phase }, waitStopped }: Device): boolean {
  return waitStopped || phase.name === 'awaiting-login';
}

/**
 * The browser is back: the profile is there by now, or the wait goes on. What is no answer of Adobe's
 * (a page of something between, a broken connection) is asked again soon, a few times.
 *
 * @returns whether the viewer is signed in; a wait elsewhere finds that out with its next poll
 */
async function askNow(
  device: Device,
  login: AwaitingLogin,
  changed: () => boolean,
): Promise<boolean> {
  device.nudged = false;
  for (let again = 0; ; again += 1) {
    const problem = await askOnce(device, login, changed);
    if (!problem) return device.state.phase.name === 'signed-in';
    // The scheduled polls go on; the problem is on record for operators.
    if (again === ASK_AGAIN || !isNoAnswer(problem)) return false;
    if (await condition(changed, ASK_AGAIN_AFTER_MS)) return false;
  }
}

/** @returns what went wrong */
async function askOnce(
  device: Device,
  login: AwaitingLogin,
  changed: () => boolean,
): Promise<Problem | undefined> {
  try {
    const { firstPollAt } = device;
    const passOver = passedOver(device.state, chosenMvpd(device));
    const profiles = await askAdobe(device, device.deadline(), 'profileByCode', (asker) =>
      device.activities.checkCode(asker, login.code, {
        passOver,
        ...(firstPollAt === undefined ? {} : { firstPollAt }),
      }),
    );
    const profile = chosen(device, profiles);
    // No lock is taken: a request that holds it may be waiting for this very answer. Whoever changed
    // the phase meanwhile has changed the generation.
    if (profile && !changed()) accept(device, profile);
    return undefined;
  } catch (error) {
    const problem = problemOf(error);
    if (!problem) throw error;
    return problem;
  }
}

/** Whether Adobe has said nothing: there was no answer, or one that is not of its making. */
function isNoAnswer({ code, status }: Problem): boolean {
  return status === undefined || NOT_OF_ADOBE.includes(code);
}

async function conclude(
  device: Device,
  login: AwaitingLogin,
  { outcome, profiles = [] }: WaitEnd,
  changed: () => boolean,
): Promise<PhaseEnd> {
  if (profiles.length > 0) {
    await device.phaseLock.runExclusive(() => {
      const profile = chosen(device, profiles);
      if (profile && !changed()) accept(device, profile);
    });
    return {};
  }
  return afterTheCode(device, login, outcome, changed);
}

/** Of several profiles that of the provider that was chosen, else the one that holds longest (ATN-16). */
function chosen(device: Device, profiles: FoundProfile[]): FoundProfile | undefined {
  const mvpd = chosenMvpd(device);
  return profiles.find((profile) => profile.mvpd === mvpd) ?? profiles[0];
}

function chosenMvpd({ state: { phase } }: Device): string | undefined {
  return phase.name === 'awaiting-login' ? phase.mvpd?.id : undefined;
}
