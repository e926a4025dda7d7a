import type { Profile } from '../adobe-pass/index.ts';
import { type KeyRing, ofDevice, seal } from '../sealing/index.ts';
import type { SignedInProfile } from '../workflows/messages.ts';

/** A profile as the workflow keeps it: the viewer's metadata sealed (ATN-10, ATN-11). */
export type FoundProfile = Omit<SignedInProfile, 'mvpd'> & { mvpd: string };

/** Of several profiles the one that holds longest (ATN-16). */
export function longest(profiles: readonly Profile[]): Profile | undefined {
  return [...profiles].sort((one, other) => other.notAfter - one.notAfter)[0];
}

/**
 * Seals what is personal in it, for this profile of this device alone; `null` crosses Temporal where
 * `undefined` would be lost.
 */
export async function found(
  keys: KeyRing,
  whose: { app: string; deviceId: string },
  profile: Profile | undefined,
): Promise<FoundProfile | null> {
  if (!profile) return null;
  const { mvpd, type, issuer, notAfter, attributes } = profile;
  const forProfile = ofDevice('profile', whose, mvpd, String(notAfter));
  return { mvpd, type, issuer, notAfter, attributes: await seal(keys, attributes, forProfile) };
}
