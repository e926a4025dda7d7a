import { condition } from '@temporalio/workflow';
import type { LoginFound } from '../../activities/requests/waiting.ts';
import type { FoundProfile } from '../../activities/found-profile.ts';
import type { Device } from '../device.ts';
import { leaveRoom } from '../handlers/leave.ts';
import { type Problem, problemOf } from '../failures.ts';
import { passedOver } from '../left-behind.ts';
import { accept } from '../seek-sign-in.ts';
import { type AwaitingLogin, dropRegistration } from '../state.ts';
import { askAdobe } from '../upstream.ts';
import { alarm } from './alarm.ts';
import type { PhaseEnd } from './phase-end.ts';
import { afterTheCode } from './renewal.ts';
import { fallbackAt, RoomFinder } from './room.ts';

/** How often, and how long after, a nudge that got no answer is sent again. */
const ASK_AGAIN = 3;
const ASK_AGAIN_AFTER_MS = 1_000;
/** Codes of ours for what is no answer of the API, such as the page of a proxy. */
const NOT_OF_ADOBE = ['invalid_response', 'bad_request', 'forbidden', 'not_found'];

/**
 * A code is on the screen. The device waits in the room of a process that asks Adobe every 15 s whether
 * the viewer has signed in; a browser that comes back makes us ask at once. When the code runs out and
 * somebody is still there, a new session and a new code take its place.
 */
export async function awaitingLogin(device: Device): Promise<PhaseEnd> {
  const { generation, phase: login } = device.state;
  if (login.name !== 'awaiting-login') return {};
  const changed = () => device.state.generation !== generation;
  // The end of the code wakes the device in any case, whatever became of those who poll for it.
  const end = alarm(login.notAfter);
  const fallback = alarm(fallbackAt(device, login));
  const room = new RoomFinder(device, login, changed);
  try {
    for (;;) {
      const isDue = () => room.isWanted(fallback.rings);
      await condition(
        () => changed() || device.waitIsOver || device.nudged || isDue() || end.rings,
      );
      if (changed()) {
        await leaveIfSold(device, login);
        return {};
      }
      if (device.waitIsOver) {
        const outcome = await takeLogin(device, login, changed);
        if (outcome) return changed() ? {} : await afterTheCode(device, login, outcome, changed);
      } else if (end.rings) {
        return await afterTheCode(device, login, 'expired', changed);
      } else if (device.nudged) {
        await askNow(device, login, changed);
      } else {
        await room.enter();
      }
    }
  } finally {
    end.forget();
    fallback.forget();
    room.leave();
  }
}

/**
 * A request of another account ends the code at once, and whoever else ends it has left the room. Where a new
 * code waits by now it has taken the place of the old one there.
 */
async function leaveIfSold(device: Device, login: AwaitingLogin): Promise<void> {
  if (!isSold(device)) return;
  await device.phaseLock.runExclusive(async () => {
    if (isSold(device)) await leaveRoom(device, login);
  });
}

function isSold({ state: { phase } }: Device): boolean {
  return phase.name === 'signed-out' && phase.reason === 'account-changed';
}

/** What came of the polls. @returns nothing where there is to be polled on */
async function takeLogin(
  device: Device,
  login: AwaitingLogin,
  changed: () => boolean,
): Promise<LoginFound['outcome'] | undefined> {
  device.waitIsOver = false;
  device.unpolledSince = Date.now();
  const used = device.state.registration?.credentials;
  let found: LoginFound;
  try {
    found = await askAdobe(device, device.deadline(), 'profileByCode', (asker) =>
      device.activities.takeLogin(asker, login.code, wantedOf(device)),
    );
  } catch (error) {
    if (!problemOf(error)) throw error;
    return undefined;
  }
  const { outcome, profiles, accessToken } = found;
  const current = device.state.registration;
  // A request that came meanwhile may have registered anew: that is not for this wait to touch.
  if (current?.credentials === used && current) {
    if (outcome === 'registration-lost') device.change(dropRegistration(device.state));
    else if (accessToken) {
      device.change({ ...device.state, registration: { ...current, accessToken } });
    }
  }
  await device.phaseLock.runExclusive(() => {
    const profile = chosen(device, profiles);
    if (profile && !changed()) accept(device, profile);
  });
  return outcome === 'pending' ? undefined : outcome;
}

/**
 * The browser is back: the profile is there by now, or the wait goes on. What is no answer of Adobe's
 * (a page of something between, a broken connection) is asked again soon, a few times.
 */
async function askNow(device: Device, login: AwaitingLogin, changed: () => boolean): Promise<void> {
  device.nudged = false;
  for (let again = 0; ; again += 1) {
    const problem = await askOnce(device, login, changed);
    // The scheduled polls go on; the problem is on record for operators.
    if (!problem || again === ASK_AGAIN || !isNoAnswer(problem)) return;
    if (await condition(changed, ASK_AGAIN_AFTER_MS)) return;
  }
}

/** @returns what went wrong */
async function askOnce(
  device: Device,
  login: AwaitingLogin,
  changed: () => boolean,
): Promise<Problem | undefined> {
  try {
    const profiles = await askAdobe(device, device.deadline(), 'profileByCode', (asker) =>
      device.activities.checkCode(asker, login.code, wantedOf(device)),
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

function wantedOf(device: Device) {
  const { firstPollAt } = device;
  return {
    passOver: passedOver(device.state, chosenMvpd(device)),
    ...(firstPollAt === undefined ? {} : { firstPollAt }),
  };
}

/** Whether Adobe has said nothing: there was no answer, or one that is not of its making. */
function isNoAnswer({ code, status }: Problem): boolean {
  return status === undefined || NOT_OF_ADOBE.includes(code);
}

/** Of several profiles that of the provider that was chosen, else the one that holds longest (ATN-16). */
function chosen(device: Device, profiles: FoundProfile[]): FoundProfile | undefined {
  const mvpd = chosenMvpd(device);
  return profiles.find((profile) => profile.mvpd === mvpd) ?? profiles[0];
}

function chosenMvpd({ state: { phase } }: Device): string | undefined {
  return phase.name === 'awaiting-login' ? phase.mvpd?.id : undefined;
}
