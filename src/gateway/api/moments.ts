import type { MediaToken } from '../../client.ts';

/** Whole seconds from now, never below 0: what a TV counts down by, whatever its clock says. */
export function secondsUntil(moment: Date | number): number {
  return Math.max(0, Math.floor((Number(moment) - Date.now()) / 1_000));
}

/** A media token with its times as the API shows them: for people, and in seconds for TVs. */
export function mediaTokenOf({ value, notBefore, notAfter }: MediaToken) {
  return {
    value,
    notBefore: iso(notBefore),
    notAfter: iso(notAfter),
    expiresIn: secondsUntil(notAfter),
  };
}

/** @param ms since the epoch */
export function iso(ms: number): string {
  return new Date(ms).toISOString();
}

/** Whole seconds that have passed, for clients with a wrong clock. */
export function secondsSince(moment: Date): number {
  return Math.max(0, Math.floor((Date.now() - moment.getTime()) / 1000));
}
