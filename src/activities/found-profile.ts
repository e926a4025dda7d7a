import type { Profile } from '../adobe-pass/index.ts';
import { type KeyRing, ofProfile, seal } from '../sealing/index.ts';
import type { ProfileMark, SignedInProfile } from '../workflows/messages.ts';

/** A profile as the workflow keeps it: the viewer's metadata sealed (ATN-10, ATN-11). */
export type FoundProfile = Omit<SignedInProfile, 'mvpd'> & {
  mvpd: string;
  /** One of those that must not sign anybody in again. */
  passedOver?: true;
};

/** Times are turned into moments of our clock with each answer, so that they differ by its way. */
const SAME_WITHIN_MS = 5_000;

/**
 * Seals what is personal in profiles, for each of this device alone. The longest validity comes first
 * (ATN-16).
 */
export async function found(
  keys: KeyRing,
  whose: { app: string; deviceId: string },
  profiles: readonly Profile[],
  passOver: readonly ProfileMark[] = [],
): Promise<FoundProfile[]> {
  const longestFirst = profiles.toSorted((one, other) => other.notAfter - one.notAfter);
  return Promise.all(
    longestFirst.map(async (profile): Promise<FoundProfile> => {
      const { mvpd, type, issuer, notBefore, notAfter, attributes } = profile;
      const times = notBefore === undefined ? { notAfter } : { notBefore, notAfter };
      const old = passOver.some((mark) => isNoNewer(profile, mark));
      const sealed = await seal(keys, attributes, ofProfile(whose, profile));
      const passedOver = old ? { passedOver: true as const } : {};
      return { mvpd, type, issuer, ...times, attributes: sealed, ...passedOver };
    }),
  );
}

/** Of the same provider, and neither made nor ending later: a new sign-in makes a newer one. */
function isNoNewer(profile: Profile, mark: ProfileMark): boolean {
  const isLater = (time: number | undefined, than: number | undefined) =>
    time !== undefined && than !== undefined && time > than + SAME_WITHIN_MS;
  return (
    profile.mvpd === mark.mvpd &&
    !isLater(profile.notBefore, mark.notBefore) &&
    !isLater(profile.notAfter, mark.notAfter)
  );
}
