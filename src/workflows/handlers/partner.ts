import type { PartnerWanted } from '../../activities/requests/partner.ts';
import { isDegraded, isMarked, isTrial, partnerOf } from '../../profile-marks.ts';
import type { Device } from '../device.ts';
import { markOf } from '../left-behind.ts';
import type {
  PartnerAnswer,
  PartnerResponseRequest,
  PartnerSignInRequest,
  SignedInProfile,
  Standing,
} from '../messages.ts';
import {
  accept,
  degradedBy,
  isSignedInMeanwhile,
  profileWanted,
  showCode,
  staysDegraded,
  waitAfter,
} from '../seek-sign-in.ts';
import { leaveHousehold } from '../state.ts';
import { askAdobe } from '../upstream.ts';
import { endsAsWanted, hearOfSignIn } from './authenticate.ts';

/**
 * Begins a sign-in by the framework of a partner on the device (F14): what the framework is to be asked,
 * a sign-in at once, or a code where Adobe or the framework's status wants one. Asking changes nothing:
 * a code that waits goes on.
 */
export async function partnerSignIn(
  device: Device,
  request: PartnerSignInRequest,
): Promise<PartnerAnswer> {
  const deadline = device.deadline();
  return device.phaseLock.runExclusive(async () => {
    if (isSettled(device, deadline, request)) return device.standing;
    const { generation } = device.state;
    const present = ofPartner(device);
    const degraded = degradedBy(device.state);
    // Without a status that counts nothing is better than what there is.
    const isEnough = degraded !== undefined || codeWillDo(device, request);
    const wanted = {
      ...wantedOf(device, request),
      ...(isEnough ? { onlyIfValid: true } : {}),
      profile: {
        ...profileWanted(device.state, {}),
        ...(present ? { remembered: present.mvpd.id } : {}),
        ...(degraded === undefined ? {} : { degraded }),
      },
    };
    const found = await askAdobe(device, deadline, 'partnerRequest', (asker) =>
      device.activities.partnerSignIn(asker, wanted),
    );
    if ('isInvalid' in found) return device.standing;
    if (present && 'profile' in found && isMarked(found.profile, markOf(present))) {
      return device.standing; // and its tokens go on
    }
    if (await isSignedInMeanwhile(device, generation, 'shown' in found)) return device.standing;
    if ('request' in found) {
      const { partner } = request;
      return { status: 'partner', generation: device.state.generation, partner, ...found.request };
    }
    settle(device, found, request);
    return device.standing;
  });
}

/**
 * Signs in with what the partner's framework answered. What Adobe refuses of it leads to a code at once:
 * viewers are not left with an error.
 */
export async function partnerResponse(
  device: Device,
  request: PartnerResponseRequest,
): Promise<Standing> {
  const deadline = device.deadline();
  return device.phaseLock.runExclusive(async () => {
    if (isSettled(device, deadline, request)) return device.standing;
    const { generation } = device.state;
    const wanted = { ...wantedOf(device, request), samlResponse: request.samlResponse };
    const found = await askAdobe(device, deadline, 'partnerProfile', (asker) =>
      device.activities.partnerResponse(asker, wanted),
    );
    if (await isSignedInMeanwhile(device, generation, 'shown' in found)) return device.standing;
    settle(device, found, request);
    return device.standing;
  });
}

/**
 * Whether the viewer has signed in already, by whatever else than the partner. A trial is no sign-in, and a
 * rule says nothing of who the viewer is.
 */
function isSettled(device: Device, deadline: number, request: PartnerSignInRequest): boolean {
  hearOfSignIn(device, deadline, request);
  device.change({ ...device.state, automaticSessions: 0 });
  const { standing } = device;
  if (standing.status !== 'signed-in' && !request.household) {
    device.change(leaveHousehold(device.state)); // of whoever signs in now it should know nothing
  }
  if (standing.status !== 'signed-in') return false;
  const { profile } = standing;
  return !isTrial(profile) && !isDegraded(profile) && partnerOf(profile) === undefined;
}

/** The profile of a viewer whom the partner's framework has signed in, which may vouch for another by now. */
function ofPartner({ standing }: Device): SignedInProfile | undefined {
  const isPartners = standing.status === 'signed-in' && partnerOf(standing.profile);
  return isPartners ? standing.profile : undefined;
}

/** A code waits that is as wanted: only a status that counts is worth another question. */
function codeWillDo(
  { standing, state: { phase } }: Device,
  request: PartnerSignInRequest,
): boolean {
  if (standing.status !== 'pending' || standing.expiresAt <= Date.now()) return false;
  return phase.name === 'awaiting-login' && endsAsWanted(phase, request);
}

function wantedOf(
  { state }: Device,
  { partner, screen = 'second', redirectUrl }: PartnerSignInRequest,
): PartnerWanted {
  const { setAside } = state;
  return {
    partner,
    session: {
      orDefaultRedirect: screen === 'second',
      ...(redirectUrl === undefined ? {} : { redirectUrl }),
      ...(setAside ? { setAside: setAside.mvpd } : {}),
    },
    ...waitAfter(state, screen),
  };
}

type Settled = Parameters<typeof showCode>[1];

function settle(
  device: Device,
  found: { profile: Parameters<typeof accept>[1] } | { shown: Settled },
  { screen = 'second', redirectUrl }: PartnerSignInRequest,
): void {
  if ('profile' in found) {
    if (!staysDegraded(device, found.profile)) accept(device, found.profile);
    return;
  }
  const { mvpd } = found.shown;
  const { rememberedMvpd } = device.state;
  const known = rememberedMvpd?.id === mvpd ? rememberedMvpd : undefined;
  showCode(device, found.shown, {
    screen,
    ...(mvpd === undefined ? {} : { mvpd: known ?? { id: mvpd } }),
    ...(redirectUrl ? { redirectUrl } : {}),
  });
}
