import type { ChosenMvpd, ProfileMark, SignedInProfile } from './messages.ts';
import type { DeviceState } from './state.ts';

/** A profile that may still be at Adobe. */
export interface LeftBehind extends Omit<ProfileMark, 'mvpd'> {
  mvpd: ChosenMvpd;
}

/** The profile that still waits at Adobe while the viewer tries another. A trial is none to return to. */
export function leftBehind({ phase }: DeviceState): { insteadOf?: LeftBehind } {
  if (phase.name === 'awaiting-login' && phase.insteadOf) return { insteadOf: phase.insteadOf };
  if (phase.name !== 'signed-in' || isTrial(phase.profile)) return {};
  return { insteadOf: { ...markOf(phase.profile), mvpd: phase.profile.mvpd } };
}

/** The provider that the viewer is, or was until a new sign-in was asked for, signed in with. */
export function presentMvpd({ phase }: DeviceState): string | undefined {
  if (phase.name === 'signed-in') return phase.profile.mvpd.id;
  return phase.name === 'awaiting-login' ? phase.insteadOf?.mvpd.id : undefined;
}

export function markOf({ mvpd, notBefore, notAfter }: SignedInProfile): ProfileMark {
  return { mvpd: mvpd.id, notAfter, ...(notBefore === undefined ? {} : { notBefore }) };
}

/** TempPass (`temp-pass-feature`): nobody signed in, and it is over for good some day. */
export function isTrial({ type }: Pick<SignedInProfile, 'type'>): boolean {
  return type === 'temporary';
}

/**
 * Profiles that are no answer to a new login: what was set aside, and what the login is to replace,
 * unless just its provider was chosen for it.
 */
export function passedOver({ setAside, phase }: DeviceState, chosen?: string): ProfileMark[] {
  const insteadOf = phase.name === 'awaiting-login' ? phase.insteadOf : undefined;
  const replaced = insteadOf && { ...insteadOf, mvpd: insteadOf.mvpd.id };
  return [setAside, replaced].flatMap((mark) => (mark && mark.mvpd !== chosen ? [mark] : []));
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
