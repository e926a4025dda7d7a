import type { ProfileView } from './adobe-profile.ts';
import { mvpds, serviceProviders } from './catalog.ts';
import type { Binding, State, StoredProfile } from './state.ts';

/**
 * The profiles that other apps and devices made with the same platform identity, one an MVPD: seen by
 * every channel that has an integration with it ("Single sign-on, platform identity").
 */
export function sharedProfiles(state: State, binding: Binding): StoredProfile[] {
  const { platform, serviceProvider } = binding;
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
export function sharedProfile(
  state: State,
  binding: Binding,
  mvpd: string,
): StoredProfile | undefined {
  return sharedProfiles(state, binding).find((profile) => profile.mvpd === mvpd);
}

/** As printed: it ends with the login that it comes from ("Roku SSO cookbook"). */
export function sharedView({ notBefore, notAfter, mvpd, attributes }: StoredProfile): ProfileView {
  return {
    notBefore,
    notAfter,
    issuer: mvpd,
    type: 'platformSSO',
    attributes: { ...attributes, mvpd: { value: mvpd, state: 'plain' } },
  };
}

/** Single logout: the profiles of all who share the identity go. @returns whether there was one */
export function deleteShared(state: State, binding: Binding, mvpd: string): boolean {
  if (binding.platform === undefined) return false;
  let deleted = false;
  for (const [key, profile] of state.profiles) {
    if (profile.platform !== binding.platform || profile.mvpd !== mvpd) continue;
    deleted ||= profile.notAfter > Date.now();
    state.profiles.delete(key);
  }
  return deleted;
}
