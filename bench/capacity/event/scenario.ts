/** A kick-off. Times are seconds. */
export interface Scenario {
  /** Devices that wait, and sign-ins a second, while as many come as go. */
  waiting: number;
  signIns: number;
  pollIntervalS: number;
  rampS: number;
  plateauS: number;
  seed: number;
}

/** Who gives up and says so: the app is left, and calls `abandon`. */
export const ABANDON_SHARE = 0.05;
export const ABANDON_WITHIN_S = 120;
/** Who switches the TV off: nobody says so, and the device is polled for until its code ends. */
export const SILENT_SHARE = 0.01;
const SIGN_IN_SHARE = 1 - ABANDON_SHARE - SILENT_SHARE;
/** How much the times on the phone differ: two thirds take 0.45 to 2.2 times the median. */
export const SIGMA = 0.8;
/** A code of Adobe's. */
export const CODE_LIFE_S = 1_800;
export const FIRST_PLAY_AFTER_S = 10;
/** After the first: who changes the channel once an hour. */
export const PLAYS_PER_S = 1 / 3_600;

/** Until the last code has ended. */
export function lengthOf({ rampS, plateauS }: Scenario): number {
  return 2 * rampS + plateauS + CODE_LIFE_S;
}

/**
 * How many come a second, and how long those take who sign in, so that the steady state is that of the
 * scenario (Little's law: who waits is who comes times how long they stay).
 *
 * @throws Error where so many waiting devices and so many sign-ins leave no time to sign in
 */
export function steadyState({ waiting, signIns }: Scenario): { perS: number; meanS: number } {
  const perS = signIns / SIGN_IN_SHARE;
  const others = (ABANDON_SHARE * ABANDON_WITHIN_S) / 2 + SILENT_SHARE * CODE_LIFE_S;
  const meanS = (waiting / perS - others) / SIGN_IN_SHARE;
  if (meanS > 0) return { perS, meanS };
  const least = Math.ceil(others * perS);
  throw new Error(
    `with ${signIns} sign-ins a second ${least} devices wait for people who are gone: give more --waiting or fewer --sign-ins`,
  );
}

/** From 0 to 1 along half a cosine, and down again. */
export function shape(second: number, { rampS, plateauS }: Scenario): number {
  const nearest = Math.min(second, 2 * rampS + plateauS - second);
  if (nearest >= rampS) return 1;
  return nearest <= 0 ? 0 : (1 - Math.cos((Math.PI * nearest) / rampS)) / 2;
}
