import {
  type Binding,
  ofDevice,
  type KeyRing,
  ofProfile,
  ofSession,
  open,
  type Sealed,
  withProof,
} from '../sealing/index.ts';
import type * as wire from '../workflows/messages.ts';
import type { DeviceIdentity } from '../device-identity.ts';
import { toDevicePassError } from './errors.ts';

/** A code is on the screen. */
export interface Waiting {
  status: 'pending';
  /** Grows with each change of the device. */
  generation: number;
  /** What the viewer types on a second screen. */
  code: string;
  /** The page to sign in; absent while a provider has to be chosen first. */
  url?: string;
  expiresAt: Date;
  missingParameters: string[];
  mvpd?: wire.ChosenMvpd;
  /** The page opens on the TV itself; absent: on a phone. */
  screen?: 'same';
  /** Which of the grants to the app holds; absent: the first. */
  grant?: number;
  /** A browser that may not be the viewer's waits for the TV's word: `device.confirm`. */
  confirmation?: Confirmation;
  /**
   * Why there is a code in place of a partner's sign-in: `pfs_fallback` (the framework's status is none
   * that counts), `configuration_fallback`, `missing_parameters_fallback`, or the code of Adobe's error.
   */
  fallback?: string;
}

/** What a TV asks the one in front of it: is this phone yours? */
export interface Confirmation {
  id: string;
  askedAt: Date;
  /** Where the phone seems to be. */
  place?: wire.Place;
}

/** The viewer is signed in. */
export interface Access {
  status: 'signed-in';
  generation: number;
  profile: Profile;
  grant?: number;
}

/** Who signed in, and until when. */
export interface Profile {
  mvpd: wire.ChosenMvpd;
  type: string;
  issuer: string;
  expiresAt: Date;
  /** User metadata as Adobe gives it: `{ userID: { value, state }, ... }`. */
  attributes: Record<string, unknown>;
  /** Of a TempPass, which ends at `expiresAt`: stop its stream then, for Adobe does not. */
  trial?: TrialLeft;
}

/** What is left of a TempPass, as far as Adobe tells. */
export interface TrialLeft {
  /** The clock runs, which the first play starts; before, `expiresAt` moves on. */
  hasBegun: boolean;
  /** Of a promotional one: how many more titles may be played. */
  titlesLeft?: number;
}

/** Nobody is signed in, and no code is on the screen. */
export interface SignedOut {
  status: 'signed-out';
  generation: number;
  reason: wire.SignedOutReason;
  /** The provider of last time, to be confirmed instead of chosen (ATN-09). */
  mvpd?: wire.ChosenMvpd;
  grant?: number;
  /** Signed in by this partner's framework: `partnerSignIn` may renew it before a code is shown. */
  partner?: wire.Partner;
}

/** Where a device stands, opened for its backend. */
export type Standing = Waiting | Access | SignedOut;

/**
 * Opens what was sealed for Temporal, for the device that was asked for and no other.
 *
 * @throws DevicePassError `sealed_value` where this process lacks the key, or the standing is not
 *   that device's own
 */
export async function opened(
  keys: KeyRing,
  whose: DeviceIdentity,
  standing: wire.Standing,
): Promise<Standing> {
  switch (standing.status) {
    case 'pending': {
      const { proof, expiresAt, confirmation, ...waiting } = standing;
      // A viewer who types the code of another device signs that one in.
      await unseal(keys, proof, ofSession(whose, waiting));
      return {
        ...waiting,
        expiresAt: new Date(expiresAt),
        ...(confirmation ? { confirmation: await openedQuestion(keys, whose, confirmation) } : {}),
      };
    }
    case 'signed-out':
      return standing;
    case 'signed-in': {
      const { trial, ...access } = standing;
      const { notBefore: _made, notAfter, attributes, titlesLeft, ...profile } = access.profile;
      const left = titlesLeft === undefined ? {} : { titlesLeft };
      return {
        ...access,
        profile: {
          ...profile,
          expiresAt: new Date(notAfter),
          attributes: await unseal(
            keys,
            attributes,
            ofProfile(whose, { mvpd: profile.mvpd.id, notAfter }),
          ),
          ...(trial ? { trial: { ...trial, ...left } } : {}),
        },
      };
    }
  }
}

/** Opens one value. @throws DevicePassError `sealed_value` where this process lacks the key */
export async function unseal<T>(keys: KeyRing, sealed: Sealed<T>, binding: Binding): Promise<T> {
  try {
    return await open(keys, sealed, binding);
  } catch (error) {
    throw toDevicePassError(error);
  }
}

/** Where somebody seems to be. @throws DevicePassError `sealed_value` */
export async function openedPlace(
  keys: KeyRing,
  whose: DeviceIdentity,
  place: Sealed<wire.Place> | undefined,
): Promise<{ place?: wire.Place }> {
  return place ? { place: await unseal(keys, place, ofDevice('place', whose)) } : {};
}

async function openedQuestion(
  keys: KeyRing,
  whose: DeviceIdentity,
  { id, askedAt, place }: wire.Confirmation,
): Promise<Confirmation> {
  return { id, askedAt: new Date(askedAt), ...(await openedPlace(keys, whose, place)) };
}

/** Where a browser ends. What is no URL is for the check of the request to refuse. */
export async function withEnd(
  keys: KeyRing,
  whose: DeviceIdentity,
  url: string | undefined,
): Promise<{ redirectUrl?: string }> {
  if (url === undefined) return {};
  if (!URL.canParse(url)) return { redirectUrl: url };
  return { redirectUrl: await withProof(keys, url, whose) };
}
