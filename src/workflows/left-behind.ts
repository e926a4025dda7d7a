import { isDegraded, isMarked, isOfSignIn } from '../profile-marks.ts';
import type { ChosenMvpd, ProfileMark, SignedInProfile } from './messages.ts';
import type { DeviceState } from './state.ts';

/** A profile that may still be at Adobe. */
export interface LeftBehind extends Omit<ProfileMark, 'mvpd'> {
  mvpd: ChosenMvpd;
}

/** The profile that still waits at Adobe while the viewer tries another: of a sign-in, to return to. */
export function leftBehind({ phase }: DeviceState): { insteadOf?: LeftBehind } {
  if (phase.name === 'awaiting-login' && phase.insteadOf) return { insteadOf: phase.insteadOf };
  if (phase.name !== 'signed-in' || !isOfSignIn(phase.profile)) return {};
  return { insteadOf: { ...markOf(phase.profile), mvpd: phase.profile.mvpd } };
}

/** Of who is signed in, or let in. */
export function presentProfile({ phase }: Pick<DeviceState, 'phase'>): SignedInProfile | undefined {
  return phase.name === 'signed-in' ? phase.profile : undefined;
}

/** The provider that the viewer is, or was until a new sign-in was asked for, signed in with. */
export function presentMvpd({ phase }: DeviceState): string | undefined {
  if (phase.name === 'awaiting-login') return phase.insteadOf?.mvpd.id;
  // With one that is degraded nobody is: chosen again, it lets the viewer in again.
  if (phase.name !== 'signed-in' || isDegraded(phase.profile)) return undefined;
  return phase.profile.mvpd.id;
}

export function markOf({ mvpd, notBefore, notAfter }: SignedInProfile): ProfileMark {
  return { mvpd: mvpd.id, notAfter, ...(notBefore === undefined ? {} : { notBefore }) };
}

/** What a viewer did once, however often the TV gives it up and finds its profile again. */
export interface SignIn {
  /** The generation that it began with. */
  since: number;
  mark: ProfileMark;
}

/** The sign-in behind a profile that was found now. */
export function signInOf(
  { generation, lastSignIn }: DeviceState,
  profile: SignedInProfile,
): SignIn {
  const mark = markOf(profile);
  const known = isMarked(mark, lastSignIn?.mark) ? lastSignIn : undefined;
  return { since: known?.since ?? generation, mark };
}

/** Nothing is left of it at Adobe. */
export function forgetRefusedLogin(state: DeviceState): DeviceState {
  const { refusedLogin: _gone, ...rest } = state;
  return rest;
}

/**
 * Whose profile a sign-in stands for that a viewer was shown by its generation, and whether it still
 * signs in; undefined when it has ended. A TV can give it up for a code, and find it again later.
 */
export function mvpdOfSignIn(
  { generation, phase, lastSignIn, setAside }: DeviceState,
  { shown, now }: { shown: number; now: number },
): string | undefined {
  const present = phase.name === 'signed-in' ? markOf(phase.profile) : undefined;
  const mark = present ?? lastSignIn?.mark;
  const isRemembered = lastSignIn && mark?.mvpd === lastSignIn.mark.mvpd;
  const since = isRemembered ? lastSignIn.since : generation;
  if (shown < since || shown > generation) return undefined;
  if (!mark || (!present && setAside?.mvpd === mark.mvpd)) return undefined;
  return (mark.notAfter ?? 0) > now ? mark.mvpd : undefined;
}

/** The same for a profile that the TV has given up for now: it signs nobody in again either. */
export function setLastAside(state: DeviceState): DeviceState {
  const { lastSignIn, phase } = state;
  if (!lastSignIn) return state;
  const next = { ...state, setAside: lastSignIn.mark };
  if (phase.name !== 'awaiting-login') return next;
  const { insteadOf: _given, ...waiting } = phase;
  return { ...next, phase: waiting };
}

/**
 * Profiles that are no answer to a new login: what was set aside, and what the login is to replace,
 * unless just its provider was chosen for it.
 */
export function passedOver({ setAside, phase }: DeviceState, chosen?: string): ProfileMark[] {
  const insteadOf = phase.name === 'awaiting-login' ? phase.insteadOf : undefined;
  return marksOf(setAside, insteadOf).filter(({ mvpd }) => mvpd !== chosen);
}

/** What a login passes over that begins now. */
export function passedOverNext(state: DeviceState): ProfileMark[] {
  return marksOf(state.setAside, leftBehind(state).insteadOf);
}

function marksOf(
  setAside: ProfileMark | undefined,
  insteadOf: LeftBehind | undefined,
): ProfileMark[] {
  const replaced = insteadOf && { ...insteadOf, mvpd: insteadOf.mvpd.id };
  return [setAside, replaced].filter((mark) => mark !== undefined);
}

/** The present profile signs nobody in again. */
export function setProfileAside(state: DeviceState): DeviceState {
  const { phase } = state;
  return phase.name === 'signed-in' ? { ...state, setAside: markOf(phase.profile) } : state;
}

/** Nobody asked for that provider now, and it keeps viewers from signing in. */
export function forgetMvpd(state: DeviceState): DeviceState {
  const { rememberedMvpd: _gone, ...rest } = state;
  return rest;
}
