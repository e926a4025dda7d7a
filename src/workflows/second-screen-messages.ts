import type { Sealed } from '../sealing/index.ts';

/** Where somebody seems to be, no finer than a town. */
export interface Place {
  /** ISO 3166-1 alpha-2 */
  country: string;
  /** Code or name of the part of the country, to be compared */
  region?: string;
  city?: string;
}

/** A browser on a second screen opened a code. */
export interface VisitRequest {
  code: string;
  /** Names the browser, the same each time: a hash of what it keeps. */
  browser: string;
  /** Names its network, for comparing only: a keyed hash, never an address. */
  network: string;
  /** It is on the TV's network. */
  home?: boolean;
  /** Network and region are other ones than the TV's: it waits until the TV confirms. */
  hold?: boolean;
  /** Where the browser seems to be, sealed: personal data. */
  place?: Sealed<Place>;
}

/** One browser that opened the code that waits. */
export interface Visit extends Omit<VisitRequest, 'code'> {
  /** What the TV names when it answers. */
  id: string;
  /** ms since the epoch */
  at: number;
  /** The TV said that it is its viewer's. */
  confirmed?: boolean;
}

/** What operators and second screens may know of a login that waits. */
export interface LoginView {
  /** ms since the epoch: when the code was asked for */
  askedAt: number;
  place?: Sealed<Place>;
  visits: Visit[];
}

/** What a TV is asked: a browser that may not be its viewer's opened the code. */
export interface Confirmation {
  id: string;
  /** ms since the epoch */
  askedAt: number;
  place?: Sealed<Place>;
}

/** The TV's answer: no ends the code. */
export interface ConfirmRequest {
  id: string;
  confirmed: boolean;
}

/** The code that a second screen speaks of. */
export interface CodeRequest {
  code: string;
}

/** The sign-in that a viewer knows nothing of, by the device's generation. */
export interface DisownRequest {
  generation: number;
}
