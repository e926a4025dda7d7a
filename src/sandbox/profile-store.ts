import { adobeProfile, digest, type ProfileView, rememberAttributes } from './adobe-profile.ts';
import { mvpds } from './catalog.ts';
import { degradationOf } from './degradations.ts';
import { link } from './service-token.ts';
import { sharedProfile, sharedView } from './single-sign-on.ts';
import { type TempPassAsked, trialView } from './trials.ts';
import type { Attribute, Binding, State, StoredProfile } from './state.ts';

/** What a profile is known by. */
export function keyOf(binding: Binding, mvpd: string): string {
  return JSON.stringify([binding.clientId, binding.device, binding.serviceProvider, mvpd]);
}

/** The regular profile of this binding, whether it has expired or not. */
export function storedProfile(
  state: State,
  binding: Binding,
  mvpd: string,
): StoredProfile | undefined {
  return state.profiles.get(keyOf(binding, mvpd));
}

/** The regular profile of this binding unless it has expired. */
export function validProfile(
  state: State,
  binding: Binding,
  mvpd: string,
): StoredProfile | undefined {
  const profile = storedProfile(state, binding, mvpd);
  return profile && isValid(profile) ? profile : undefined;
}

/** Whether a profile signs anybody in. */
export function isValid({ notAfter, invalidated }: StoredProfile): boolean {
  return notAfter > Date.now() && !invalidated;
}

/** Saves the profile of a viewer who has just signed in. */
export function saveProfile(state: State, binding: Binding, mvpd: string, username: string): void {
  const { clientId, device, serviceProvider, platform } = binding;
  const notBefore = Date.now();
  const attributes = attributesOf(mvpd, username);
  rememberAttributes(state, attributes);
  const profile: StoredProfile = {
    clientId,
    device,
    serviceProvider,
    platform,
    mvpd,
    notBefore,
    notAfter: notBefore + state.settings.profileLifeMs,
    attributes,
    subscribed: username !== 'nosub',
  };
  state.profiles.set(keyOf(binding, mvpd), profile);
  link(state, profile, binding.subject);
}

/** "User metadata": some MVPDs tell more during authorization. */
export function completeMetadata(state: State, binding: Binding, mvpd: string): void {
  const profile = validProfile(state, binding, mvpd);
  if (!profile || !state.lateMetadata.has(mvpd)) return;
  const householdID = { value: digest('late household', mvpd, binding.device), state: 'plain' };
  profile.attributes = { ...profile.attributes, householdID };
  rememberAttributes(state, profile.attributes);
}

/** Deletes the regular profile; false when there was no valid one. */
export function deleteProfile(state: State, binding: Binding, mvpd: string): boolean {
  const valid = validProfile(state, binding, mvpd) !== undefined;
  state.profiles.delete(keyOf(binding, mvpd));
  return valid;
}

/**
 * The profile the calls by MVPD and by code show: temporary for a TempPass, the regular one, or a
 * degraded one while an AuthNAll rule holds. Throws what ends a TempPass.
 *
 * @param vouchedFor - the MVPD of a valid partner status: only with it its profile is seen
 */
export function profileView(
  state: State,
  binding: Binding,
  mvpd: string,
  tempPass: TempPassAsked = {},
  vouchedFor?: string,
): ProfileView | undefined {
  const known = mvpds.get(mvpd);
  if (known?.isTempPass) return trialView(state, binding, known, tempPass);
  const profile = validProfile(state, binding, mvpd);
  if (profile !== undefined) return regularView(profile);
  const shared = sharedProfile(state, binding, mvpd);
  if (shared !== undefined) return sharedView(shared);
  const partners = vouchedFor === mvpd ? partnersProfile(state, binding, mvpd) : undefined;
  if (partners !== undefined) return partnerView(partners);
  if (degradationOf(state, binding.serviceProvider, mvpd)?.kind !== 'AuthNAll') return undefined;
  const now = Date.now();
  // "Degraded access": this prefix tells such a user id from a real one.
  const userID = `95cf93bcd183214a${digest('degraded', binding.device, mvpd)}`;
  return adobeProfile(state, 'degraded', now, now + state.settings.degradedLifeMs, {
    userID: { value: userID, state: 'plain' },
  });
}

/** A regular profile as printed. */
export function regularView(profile: StoredProfile): ProfileView {
  const { notBefore, notAfter, mvpd, attributes } = profile;
  return { notBefore, notAfter, issuer: mvpd, type: 'regular', attributes };
}

/** The profile that a partner's framework led to, whether it has expired or not. */
export function partnersStored(
  state: State,
  binding: Binding,
  mvpd: string,
): StoredProfile | undefined {
  return state.partnerProfiles.get(keyOf(binding, mvpd));
}

/** Deletes it; false when there was no valid one. */
export function deletePartnersProfile(
  ...[state, binding, mvpd]: Parameters<typeof partnersStored>
): boolean {
  const valid = partnersProfile(state, binding, mvpd) !== undefined;
  state.partnerProfiles.delete(keyOf(binding, mvpd));
  return valid;
}

/** The same unless it has expired. */
export function partnersProfile(
  ...whose: Parameters<typeof partnersStored>
): StoredProfile | undefined {
  const profile = partnersStored(...whose);
  return profile && isValid(profile) ? profile : undefined;
}

/** Such a profile as printed. */
export function partnerView(profile: StoredProfile): ProfileView {
  return { ...regularView(profile), issuer: 'Apple', type: 'appleSSO' };
}

/** The same viewer has the same ids every time, as at a real MVPD. */
export function attributesOf(mvpd: string, username: string): Record<string, Attribute> {
  return {
    userID: { value: digest('user', mvpd, username), state: 'plain' },
    upstreamUserID: { value: digest('upstream', mvpd, username), state: 'plain' },
    householdID: { value: digest('household', mvpd, username), state: 'plain' },
    zip: { value: digest('zip', mvpd, username), state: 'enc' },
    maxRating: { value: { MPAA: 'PG-13', VCHIP: 'TV-14' }, state: 'plain' },
  };
}
