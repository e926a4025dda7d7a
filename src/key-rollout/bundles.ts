/** The bundle that reads the keys; refreshed to make it read them anew. */
export const CRYPTO = 'com.adobe.granite.crypto';
/** The bundle whose data folder holds the key files. */
export const CRYPTO_FILE = 'com.adobe.granite.crypto.file';

/** OSGi's number of a bundle that runs. */
export const ACTIVE = 32;

/** One bundle, as the console lists it. */
export interface Bundle {
  id: number;
  symbolicName: string;
  /** 2 installed, 4 resolved, 8 starting, 16 stopping, 32 active. */
  stateRaw: number;
}

/**
 * How the bundles of an instance rest when all is well. Fragments stay resolved and lazily
 * activated ones starting, so the names of those say more than a demand that all be active.
 */
export interface Baseline {
  bundles: number;
  /** Symbolic names of the bundles that are not active. */
  resting: string[];
}

/** What is to be seen again after a refresh. */
export function baselineOf(bundles: readonly Bundle[]): Baseline {
  const resting = bundles.filter(({ stateRaw }) => stateRaw !== ACTIVE);
  return { bundles: bundles.length, resting: resting.map(({ symbolicName }) => symbolicName) };
}

/** The bundles that were active and are not. */
export function missingFrom(baseline: Baseline, bundles: readonly Bundle[]): Bundle[] {
  const resting = new Set(baseline.resting);
  return bundles.filter(
    ({ stateRaw, symbolicName }) => stateRaw !== ACTIVE && !resting.has(symbolicName),
  );
}

/** Whether everything is as it was; a lazy bundle that woke up meanwhile does no harm. */
export function asBefore(baseline: Baseline, bundles: readonly Bundle[]): boolean {
  return bundles.length >= baseline.bundles && missingFrom(baseline, bundles).length === 0;
}
