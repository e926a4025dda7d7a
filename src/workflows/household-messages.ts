import type { ViewerTokens } from '../adobe-pass/viewer-tokens.ts';
import type { Sealed } from '../sealing/index.ts';

/** Whose TV it is: the devices of one subject of one identity service. */
export interface Household {
  /** A keyed hash of issuer and subject, which nobody learns from it. */
  id: string;
  /** That a client vouched for it, for this device: to be checked by whoever lists a household. */
  proof: Sealed<null>;
  /** Its ids by older keys, while keys are rotated. */
  formerIds?: string[];
}

/** What others of its household may know of a TV. */
export interface HouseholdView extends Omit<Household, 'formerIds'> {
  /** As its viewers call it, sealed: it may name a person. */
  name?: Sealed<string>;
  model: string;
  /** ms since the epoch: its last request */
  lastSeenAt: number;
}

/** What is asked in the name of a household; refused where the TV is in another by now. */
export interface FromHousehold {
  household: string;
}

/** Viewers call the TV by a name; empty: by none. */
export interface RenameRequest extends FromHousehold {
  name?: Sealed<string>;
}

/** Another TV of the household, or its backend, signs this one out. */
export interface RemoteLogoutRequest extends FromHousehold {
  /**
   * With the household's token Adobe ends the sign-in for all its TVs (single logout). Without: only
   * what is this TV's own.
   */
  viewerTokens?: Sealed<ViewerTokens>;
  redirectUrl?: string;
}

/** A sign-in with a provider was ended elsewhere, perhaps for all TVs of the household. */
export interface EndedElsewhere extends FromHousehold {
  mvpd: string;
  /** The household's, for asking Adobe. */
  viewerTokens?: Sealed<ViewerTokens>;
}
