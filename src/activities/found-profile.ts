import type { Profile } from '../adobe-pass/index.ts';
import { isNoNewer, isShared } from '../profile-marks.ts';
import { type KeyRing, ofProfile, seal } from '../sealing/index.ts';
import type { ProfileMark, SignedInProfile } from '../workflows/messages.ts';

/** A profile as the workflow keeps it: the viewer's metadata sealed (ATN-10, ATN-11). */
export type FoundProfile = Omit<SignedInProfile, 'mvpd'> & {
  mvpd: string;
  /** One of those that must not sign anybody in again. */
  passedOver?: true;
};

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
      // "Any of it" means this device's own logins: one in another app tells by its times that it is new.
      const marks = passOver.filter(isShared(profile) ? hasTimes : isOfAll);
      const old = marks.some((mark) => isNoNewer(profile, mark));
      const sealed = await seal(keys, attributes, ofProfile(whose, profile));
      const passedOver = old ? { passedOver: true as const } : {};
      const left = titlesLeft(profile);
      return { mvpd, type, issuer, ...times, attributes: sealed, ...left, ...passedOver };
    }),
  );
}

function isOfAll({ ofOthers }: ProfileMark): boolean {
  return !ofOthers;
}

function hasTimes({ notBefore, notAfter }: ProfileMark): boolean {
  return notBefore !== undefined || notAfter !== undefined;
}

/** Of a promotional TempPass, as a number or a text (`remaining_resources`). */
function titlesLeft({ type, attributes }: Profile): Pick<SignedInProfile, 'titlesLeft'> {
  const value = attributes['remaining_resources']?.value;
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  const isCount = typeof number === 'number' && Number.isInteger(number) && number >= 0;
  return type === 'temporary' && isCount ? { titlesLeft: number } : {};
}

/** The same without those that are no news. */
export async function foundNews(...given: Parameters<typeof found>): Promise<FoundProfile[]> {
  return (await found(...given)).filter(({ passedOver }) => !passedOver);
}
