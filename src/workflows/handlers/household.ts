import type { Device } from '../device.ts';
import { isSingleSignOn } from '../../profile-marks.ts';
import { problemOf, refusal } from '../failures.ts';
import type {
  EndedElsewhere,
  FromHousehold,
  RemoteLogoutRequest,
  RenameRequest,
} from '../household-messages.ts';
import type { LogoutAnswer } from '../messages.ts';
import { nameTv, signOut } from '../state.ts';
import { askAdobe } from '../upstream.ts';
import { logoutAtAdobe } from './leave.ts';

/** @throws ApplicationFailure `not_in_household` */
export function mustBeOf({ state }: Device, { household }: FromHousehold): void {
  if (state.household?.id === household) return;
  throw refusal('not_in_household', 'the TV is none of that household any more');
}

export async function rename(device: Device, { name }: RenameRequest): Promise<null> {
  device.change(nameTv(device.state, name));
  return null;
}

/**
 * Signs the TV out because somebody of its household wants so on another screen. Where Adobe ended the
 * sign-in for all of them it need not be set aside: who signs in on any of the TVs signs in on this one.
 */
export async function remoteLogout(
  device: Device,
  request: RemoteLogoutRequest,
): Promise<LogoutAnswer> {
  const deadline = device.deadline();
  return device.phaseLock.runExclusive(async () => {
    mustBeOf(device, request); // it may have waited for a request by which the TV came to others
    const { phase } = device.state;
    if (phase.name !== 'signed-in') return { status: 'signed-out', actions: [] };
    const { viewerTokens, redirectUrl } = request;
    const mvpd = phase.profile.mvpd.id;
    const asWhom = viewerTokens ? { viewerTokens } : ({ onItsOwn: true } as const);
    const done = await logoutAtAdobe(device, { deadline, mvpd, redirectUrl, asWhom });
    if (device.state.phase.name === 'signed-in') {
      const isAsked = viewerTokens !== undefined && isSeenBy(phase.profile, viewerTokens);
      const profileIsGone = isAsked && done.problem === undefined;
      device.change(signOut(device.state, 'household', { profileIsGone }));
    }
    return { status: 'signed-out', ...done };
  });
}

/**
 * Single logout ends the sign-ins of all TVs at Adobe, where it is on. Asked for, not believed: where
 * Adobe still shows the profile, or can't be asked, the viewer stays signed in.
 */
export async function endedElsewhere(device: Device, told: EndedElsewhere): Promise<void> {
  const deadline = device.deadline();
  await device.phaseLock.runExclusive(async () => {
    const { phase, household, generation } = device.state;
    // Whoever has Temporal can send anything.
    if (phase.name !== 'signed-in' || !household || household.id !== told?.household) return;
    const { id: mvpd } = phase.profile.mvpd;
    if (mvpd !== told.mvpd) return;
    const { viewerTokens } = told;
    // Of another kind of single sign-on, or without a token, Adobe shows nothing: that says nothing.
    if (!isSeenBy(phase.profile, viewerTokens)) return;
    try {
      const isThere = await askAdobe(device, deadline, 'profiles', (asker) =>
        device.activities.hasProfile({ ...asker, ...(viewerTokens ? { viewerTokens } : {}) }, mvpd),
      );
      if (isThere || device.state.generation !== generation) return;
      device.change(signOut(device.state, 'household', { profileIsGone: true }));
    } catch (error) {
      if (!problemOf(error)) throw error; // on record for operators already
    } finally {
      device.publish();
    }
  });
}

/** Whether the household's token, or none, shows the profile at Adobe. */
function isSeenBy(profile: { type: string }, token: unknown): boolean {
  return !isSingleSignOn(profile) || (profile.type === 'serviceTokenSSO' && token !== undefined);
}
