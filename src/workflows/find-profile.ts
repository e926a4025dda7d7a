import type { FoundProfile } from '../activities/found-profile.ts';
import type { CodeWanted } from '../activities/profiles.ts';
import type { Device } from './device.ts';
import { type Problem, problemOf, refusal } from './failures.ts';
import type { ProfileMark } from './messages.ts';
import {
  forgetMvpd,
  forgetRefusedLogin,
  isTrial,
  mayBeRefused,
  passedOver,
} from './left-behind.ts';
import { type DeviceState, signIn } from './state.ts';
import { askAdobe, ensureAccess } from './upstream.ts';

/**
 * Looks for a profile that exists already, before a login is begun, and signs the device in with it
 * (S2S-21). A look saves a login and no more: one that fails keeps nobody from a session, least of
 * all for a provider that is only remembered (F1 5). Where Adobe is away the session fails too.
 *
 * @param chosen - The provider that was asked for now
 * @param restart - A new sign-in is wanted, with whatever provider
 * @throws ApplicationFailure where there is no access to Adobe
 */
export async function findProfile(
  device: Device,
  deadline: number,
  {
    chosen,
    remembered,
    restart = false,
  }: { chosen?: string; remembered?: string; restart?: boolean },
): Promise<boolean> {
  await ensureAccess(device, deadline); // what fails here is not the provider's doing
  const mvpd = chosen ?? remembered;
  const { generation } = device.state;
  const passOver = [
    ...setAside(device.state),
    ...passedOver(device.state, restart ? undefined : chosen),
  ];
  const { profiles, isRefused } = await look(device, deadline, mvpd, passOver);
  if (device.state.generation !== generation && device.state.phase.name === 'signed-in')
    return true;
  const isOnlyRemembered = chosen === undefined && remembered !== undefined;
  // Trials were remembered once.
  if (isOnlyRemembered && (isRefused || profiles.some(isTrial))) {
    device.change(forgetMvpd(device.state));
  }
  const profile = profiles.find((one) => !one.passedOver && (one.mvpd === chosen || !isTrial(one)));
  if (profile) accept(device, profile);
  return profile !== undefined;
}

async function look(
  device: Device,
  deadline: number,
  mvpd: string | undefined,
  passOver: ProfileMark[],
): Promise<{ profiles: FoundProfile[]; isRefused: boolean }> {
  const now = Date.now();
  // There may be no answer at all: then half of the time is left for the session.
  const until = now + (deadline - now) / 2;
  try {
    return { profiles: await profilesOf(device, until, mvpd, passOver), isRefused: false };
  } catch (error) {
    const problem = problemOf(error);
    if (!problem) throw error;
    return { profiles: [], isRefused: !problem.retryable && problem.status !== 401 };
  }
}

/**
 * A login that was refused here may have been finished at Adobe: what it has led to is ended, before
 * anybody is signed in with it.
 *
 * @returns whether nothing is left of it
 */
export async function endRefusedLogin(device: Device, deadline: number): Promise<boolean> {
  const now = Date.now();
  const until = now + (deadline - now) / 2;
  try {
    for (const profile of await profilesOf(device, until, undefined, [])) {
      if (!mayBeRefused(device.state, profile)) continue;
      if (!(await endAtAdobe(device, until, profile.mvpd))) return false;
    }
  } catch (error) {
    if (!problemOf(error)) throw error;
    return false; // on record for operators already
  }
  device.change(forgetRefusedLogin(device.state));
  return true;
}

/** What came of an answer that says: signed in already. */
export type DirectSignIn = 'signed-in' | 'no-profile' | 'ended';

interface Direct {
  mvpd: string | undefined;
  /** Of the session, which shows profiles too. */
  code?: string | undefined;
  /** A profile that was set aside has been ended for this already. */
  hasEnded: boolean;
}

/**
 * Adobe says that no login is needed: signs the device in with the profile. One that was set aside
 * is ended first, for a person has just asked for a new sign-in: `ended` then, ask again.
 *
 * @throws ApplicationFailure with Adobe's reason why not (a used-up TempPass)
 */
export async function signInDirectly(
  device: Device,
  deadline: number,
  { mvpd, code, hasEnded }: Direct,
): Promise<DirectSignIn> {
  const { generation } = device.state;
  const isSetAside = mvpd !== undefined && mvpd === device.state.setAside?.mvpd;
  if (isSetAside && !hasEnded && (await endAtAdobe(device, deadline, mvpd))) return 'ended';
  const profile = await profileFor(device, deadline, mvpd, code);
  // The browser that came back may have signed the viewer in meanwhile.
  if (device.state.generation !== generation) return 'signed-in';
  if (!profile) return 'no-profile';
  accept(device, profile);
  return 'signed-in';
}

/** By the provider, and where that is no answer by whatever else shows the profile. */
async function profileFor(
  device: Device,
  deadline: number,
  mvpd: string | undefined,
  code: string | undefined,
): Promise<FoundProfile | undefined> {
  const ways = [
    () => profilesOf(device, deadline, mvpd, []),
    () =>
      code === undefined
        ? profilesOf(device, deadline, undefined, [])
        : profilesByCode(device, deadline, code),
  ];
  let why: Problem | undefined;
  for (const look of ways) {
    try {
      const profiles = await look();
      const profile = profiles.find((one) => mvpd === undefined || one.mvpd === mvpd);
      if (profile) return profile;
    } catch (error) {
      const problem = problemOf(error);
      if (!problem) throw error;
      why ??= problem;
    }
  }
  if (!why) return undefined;
  const { code: reason, message, ...details } = why;
  // To sign in is what the caller is about already: this provider can't be had, another can.
  const action = why.action === 'authentication' ? 'none' : why.action;
  throw refusal(reason, message, { ...details, action });
}

/** What a login with this code has led to. */
export async function profilesByCode(
  device: Device,
  deadline: number,
  code: string,
  wanted: CodeWanted = {},
): Promise<FoundProfile[]> {
  return askAdobe(
    device,
    deadline,
    { operation: 'profileByCode', whenRegistrationIsLost: 'leave' },
    (asker) => device.activities.checkProfile(asker, code, wanted),
  );
}

/** Where even that fails, Adobe's word is all there is. */
async function endAtAdobe(device: Device, deadline: number, mvpd: string): Promise<boolean> {
  try {
    await askAdobe(
      device,
      deadline,
      { operation: 'logout', whenRegistrationIsLost: 'register-again' },
      (asker) => device.activities.logout(asker, mvpd),
    );
    return true;
  } catch (error) {
    if (!problemOf(error)) throw error;
    return false;
  }
}

async function profilesOf(
  device: Device,
  deadline: number,
  mvpd: string | undefined,
  passOver: ProfileMark[],
): Promise<FoundProfile[]> {
  return askAdobe(
    device,
    deadline,
    { operation: 'profiles', whenRegistrationIsLost: 'register-again' },
    (asker) =>
      device.activities.findProfiles(asker, {
        ...(mvpd === undefined ? {} : { mvpd }),
        ...(passOver.length > 0 ? { passOver } : {}),
      }),
  );
}

/** Whatever its times: only a login with a code tells that the viewer is another, or has signed in anew. */
function setAside({ setAside: mark }: DeviceState): ProfileMark[] {
  return mark ? [{ mvpd: mark.mvpd }] : [];
}

/** Signs the device in with what Adobe shows. */
export function accept(device: Device, found: FoundProfile): void {
  const { passedOver: _known, ...profile } = found;
  device.change(signIn(device.state, profile));
}
