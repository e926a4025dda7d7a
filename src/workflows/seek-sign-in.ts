import type { FoundProfile } from '../activities/found-profile.ts';
import type { ShownCode, SignInWanted } from '../activities/requests/index.ts';
import type { ProfileWanted } from '../activities/requests/find-profile.ts';
import type { Sealed } from '../sealing/index.ts';
import type { Device } from './device.ts';
import { problemOf } from './failures.ts';
import { passedOver, passedOverNext, presentMvpd, presentProfile } from './left-behind.ts';
import type { ChosenMvpd, ProfileMark } from './messages.ts';
import { isDegraded } from '../profile-marks.ts';
import { awaitLogin, type DeviceState, signIn, stayDegraded } from './state.ts';
import { askAdobe } from './upstream.ts';

export interface WantedSession {
  mvpd?: ChosenMvpd;
  screen: 'second' | 'same';
  redirectUrl?: string;
  /** Of who tries the TempPass that was chosen. */
  tempPassIdentity?: Sealed<string>;
}

/** How a sign-in is looked for. */
interface Manners {
  /** A profile that is there already will do. */
  withProfile: boolean;
  /** The viewer wants a new sign-in, with whatever provider. */
  restart?: boolean;
  /** Somebody asks: settings are read anew, and a provider that can't be had is an answer. */
  isAsked?: boolean;
  /** The viewer is let in by a rule: while it holds nothing changes. */
  goesOn?: boolean;
}

/**
 * Signs the device in with a profile that Adobe shows, or opens a session and shows its code.
 *
 * @throws ApplicationFailure with Adobe's reason
 */
export async function seekSignIn(
  device: Device,
  deadline: number,
  wanted: WantedSession,
  manners: Manners,
): Promise<void> {
  const { generation } = device.state;
  const found = await askAdobe(device, deadline, 'createSession', (asker) =>
    device.activities.seekSignIn(
      { ...asker, ...trialWanted(wanted) },
      wantedOf(device.state, wanted, manners),
    ),
  );
  if (await isSignedInMeanwhile(device, generation, 'shown' in found)) return;
  if ('profile' in found) {
    const { profile } = found;
    if (manners.goesOn && staysDegraded(device, profile)) return;
    return accept(device, profile, wanted);
  }
  showCode(device, found.shown, wanted);
}

/** The wait for the code before may have signed the viewer in: no code is needed then. */
export async function isSignedInMeanwhile(
  device: Device,
  generation: number,
  hasCode: boolean,
): Promise<boolean> {
  const { app, deviceId, phase } = device.state;
  if (device.state.generation === generation || phase.name !== 'signed-in') return false;
  if (hasCode) await device.inTurn((one) => one.leaveRoom({ app, deviceId }));
  return true;
}

/** Signs the device in with a profile that came since its code was shown: of that, or in another app. */
export async function lookOnceMore(device: Device, deadline: number): Promise<void> {
  const { generation } = device.state;
  try {
    const found = await askAdobe(device, deadline, 'profiles', (asker) =>
      device.activities.lookForProfile(asker, lateLook(device.state)),
    );
    if (found && device.state.generation === generation) accept(device, found);
  } catch (error) {
    if (!problemOf(error)) throw error; // on record for operators already
  }
}

/** A login with the code itself: only what the wait passed over is no news. */
function lateLook(state: DeviceState): ProfileWanted {
  const { phase } = state;
  const chosen = phase.name === 'awaiting-login' ? phase.mvpd?.id : undefined;
  return {
    passOver: [...passedOver(state, chosen), ...ofOthers(state)],
    ...(chosen === undefined ? {} : { chosen }),
  };
}

/** What a decision refused comes back by no token of a platform, whichever provider is chosen. */
function ofOthers({ setAside }: DeviceState): ProfileMark[] {
  return setAside ? [{ ...setAside, ofOthers: true }] : [];
}

function wantedOf(
  state: DeviceState,
  { mvpd, screen, redirectUrl }: WantedSession,
  { withProfile, restart = false, isAsked = false, goesOn = false }: Manners,
): SignInWanted {
  const { rememberedMvpd, setAside } = state;
  const chosen = mvpd?.id;
  const present = restart ? presentMvpd(state) : undefined;
  const degraded = goesOn ? degradedBy(state) : undefined;
  return {
    readsSettings: isAsked,
    ...(withProfile
      ? {
          profile: {
            ...profileWanted(state, { restart, ...(chosen === undefined ? {} : { chosen }) }),
            ...(isAsked && !restart && rememberedMvpd ? { remembered: rememberedMvpd.id } : {}),
            ...(degraded === undefined ? {} : { degraded }),
          },
        }
      : {}),
    session: {
      orDefaultRedirect: screen === 'second',
      orAnyMvpd: !isAsked,
      ...(chosen === undefined ? {} : { mvpd: chosen }),
      ...(redirectUrl === undefined ? {} : { redirectUrl }),
      ...(present === undefined ? {} : { insteadOf: present }),
      ...(setAside ? { setAside: setAside.mvpd } : {}),
    },
    ...waitAfter(state, screen),
  };
}

/** With the page on the device itself polling begins when the browser has come back (ATN-01). */
export function waitAfter(
  state: DeviceState,
  screen: WantedSession['screen'],
): Pick<SignInWanted, 'wait'> {
  return screen === 'second' ? { wait: { passOver: passedOverNext(state) } } : {};
}

export function profileWanted(
  state: DeviceState,
  { chosen, restart = false }: { chosen?: string; restart?: boolean },
): ProfileWanted {
  const { setAside, refusedLogin, lastSignIn } = state;
  return {
    passOver: [
      // Whatever its times: only a login with a code tells that the viewer is another, or anew.
      ...(setAside ? [{ mvpd: setAside.mvpd }, ...ofOthers(state)] : []),
      ...passedOver(state, restart ? undefined : chosen),
    ],
    ...(chosen === undefined ? {} : { chosen }),
    ...(refusedLogin ? { refusedLogin: lastSignIn ? { lastSignIn: lastSignIn.mark } : {} } : {}),
  };
}

/** Whether it is the rule of before that lets the viewer in: then the sign-in goes on, and tokens with it. */
export function staysDegraded(
  device: Device,
  { passedOver: _known, ...found }: FoundProfile,
): boolean {
  if (!isDegraded(found) || found.mvpd !== degradedBy(device.state)) return false;
  device.change(stayDegraded(device.state, found));
  return true;
}

/** The provider whose rule lets the viewer in. */
export function degradedBy(state: DeviceState): string | undefined {
  const profile = presentProfile(state);
  return profile && isDegraded(profile) ? profile.mvpd.id : undefined;
}

/** A code to show: the wait for the login with it begins. */
export function showCode(
  device: Device,
  { session, mvpd: openedFor, startedAt, notAfter, room, firstPollAt, fallback }: ShownCode,
  { mvpd, screen, redirectUrl }: WantedSession,
): void {
  const { action, code, url, missingParameters, proof } = session;
  device.browserReturned = false;
  device.nudged = false;
  device.waitIsOver = false;
  device.unpolledSince = undefined;
  device.enteredAt = undefined;
  device.firstPollAt = firstPollAt;
  device.change(
    awaitLogin(device.state, {
      code,
      startedAt,
      notAfter,
      missingParameters,
      screen,
      proof,
      // `resume` and `retry` answer with an address of the API, which is no page for a browser.
      ...(url && action === 'authenticate' ? { url } : {}),
      ...(mvpd && mvpd.id === openedFor ? { mvpd } : {}),
      ...(redirectUrl ? { redirectUrl } : {}),
      ...(room ? { room } : {}),
      ...(fallback === undefined ? {} : { fallback }),
    }),
  );
}

function trialWanted({ mvpd, tempPassIdentity: identity }: WantedSession) {
  return mvpd && identity ? { trial: { mvpd: mvpd.id, identity } } : {};
}

/** Signs the device in with what Adobe shows. */
export function accept(device: Device, found: FoundProfile, wanted?: WantedSession): void {
  const { passedOver: _known, ...profile } = found;
  const isWanted = profile.mvpd === wanted?.mvpd?.id;
  device.change(signIn(device.state, profile, isWanted ? wanted?.tempPassIdentity : undefined));
}
