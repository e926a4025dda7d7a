import type { ProfileView } from './adobe-profile.ts';
import { mvpds, serviceProviders } from './catalog.ts';
import { endLinked, linkedProfile } from './service-token.ts';
import type { Binding, State, StoredProfile } from './state.ts';

/** The profile of another app or device, and by whose word it is seen here. */
export interface Shared {
  profile: StoredProfile;
  type: 'platformSSO' | 'serviceTokenSSO';
}

/**
 * The profiles that other apps and devices made with the same identity: by a platform's, seen by every
 * channel that has an integration with the MVPD ("Single sign-on, platform identity"), and by a service
 * token's.
 */
export function sharedProfiles(state: State, binding: Binding): Shared[] {
  const byServiceToken = [...mvpds.keys()].flatMap(
    (mvpd) => linkedProfile(state, binding, mvpd, binding.subject) ?? [],
  );
  return [
    ...ofPlatform(state, binding).map((profile) => ({ profile, type: 'platformSSO' as const })),
    ...byServiceToken.map((profile) => ({ profile, type: 'serviceTokenSSO' as const })),
  ];
}

function ofPlatform(state: State, { platform, serviceProvider }: Binding): StoredProfile[] {
  if (platform === undefined) return [];
  const integrated = serviceProviders.get(serviceProvider)?.mvpds ?? [];
  return [...state.profiles.values()].filter(
    (profile) =>
      profile.platform === platform &&
      profile.notAfter > Date.now() &&
      integrated.includes(profile.mvpd) &&
      !mvpds.get(profile.mvpd)?.authPerAggregator,
  );
}

/** The one of this MVPD. */
export function sharedProfile(state: State, binding: Binding, mvpd: string): Shared | undefined {
  return sharedProfiles(state, binding).find(({ profile }) => profile.mvpd === mvpd);
}

/** As printed: it ends with the login that it comes from ("Roku SSO cookbook"). */
export function sharedView({ profile, type }: Shared): ProfileView {
  const { notBefore, notAfter, mvpd, attributes } = profile;
  return {
    notBefore,
    notAfter,
    issuer: mvpd,
    type,
    attributes: { ...attributes, mvpd: { value: mvpd, state: 'plain' } },
  };
}

/** Nobody's identity: the page of the call knows no single sign-on. */
export function onItsOwn<T extends Binding>(binding: T): T {
  return { ...binding, platform: undefined, subject: undefined };
}

/** Single logout: the profiles of all who share the identity go. @returns whether there was one */
export function deleteShared(state: State, binding: Binding, mvpd: string): boolean {
  const linked = endLinked(state, binding, mvpd, binding.subject);
  if (binding.platform === undefined) return linked;
  let deleted = linked;
  for (const [key, profile] of state.profiles) {
    if (profile.platform !== binding.platform || profile.mvpd !== mvpd) continue;
    deleted ||= profile.notAfter > Date.now();
    state.profiles.delete(key);
  }
  return deleted;
}
