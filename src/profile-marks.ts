import type { Partner, ProfileMark, SignedInProfile } from './workflows/messages.ts';

/** Times are turned into moments of our clock with each answer, so that they differ by its way. */
export const SAME_WITHIN_MS = 5_000;

/** Whether a mark is that of a profile: the same provider, made in the same moment. */
export function isMarked(one: ProfileMark, other: ProfileMark | undefined): boolean {
  const between = (one.notBefore ?? NaN) - (other?.notBefore ?? NaN);
  return one.mvpd === other?.mvpd && Math.abs(between) <= SAME_WITHIN_MS;
}

/** Of the same provider, and neither made nor ending later: a new sign-in makes a newer one. */
export function isNoNewer(profile: ProfileMark, mark: ProfileMark): boolean {
  const isLater = (time: number | undefined, than: number | undefined) =>
    time !== undefined && than !== undefined && time > than + SAME_WITHIN_MS;
  return (
    profile.mvpd === mark.mvpd &&
    !isLater(profile.notBefore, mark.notBefore) &&
    !isLater(profile.notAfter, mark.notAfter)
  );
}

/** Of single sign-on: made by another app or on another device, and seen by a token that tells whose. */
export function isShared({ type }: Pick<SignedInProfile, 'type'>): boolean {
  return type === 'platformSSO' || type === 'serviceTokenSSO';
}

/** TempPass (`temp-pass-feature`): nobody signed in, and it is over for good some day. */
export function isTrial({ type }: Pick<SignedInProfile, 'type'>): boolean {
  return type === 'temporary';
}

/** By any kind of single sign-on, a partner's framework too: Adobe shows it by what a request brings. */
export function isSingleSignOn({ type }: Pick<SignedInProfile, 'type'>): boolean {
  return type.endsWith('SSO');
}

/**
 * Degraded access (`rest-api-v2-access-degraded-flows`): everybody is let in while the provider is
 * down, nobody signed in, and it is over with the rule.
 */
export function isDegraded({ type }: Pick<SignedInProfile, 'type'>): boolean {
  return type === 'degraded';
}

/** Whether it comes of a sign-in with the provider: Adobe makes the others by itself. */
export function isOfSignIn(profile: Pick<SignedInProfile, 'type'>): boolean {
  return !isTrial(profile) && !isDegraded(profile);
}

/** By whose framework on the device a viewer signed in, where that is how (`apple-sso-overview`). */
export function partnerOf({ type }: Pick<SignedInProfile, 'type'>): Partner | undefined {
  return type === 'appleSSO' ? 'Apple' : undefined;
}

/**
 * Whether a profile may come of a login that was refused here: the device has not been signed in with
 * it. Told by the profile alone, for Adobe's clock may be another.
 */
export function mayBeRefused(
  lastSignIn: ProfileMark | undefined,
  profile: ProfileMark & Pick<SignedInProfile, 'type'>,
): boolean {
  return isOfSignIn(profile) && !isMarked(profile, lastSignIn);
}
