import { aheadOf, isPlausible } from './adobe-clock.ts';
import type { AdobeClock } from './adobe-clock.ts';
import { FARTHEST_MS } from './moments.ts';

/** From when to when something holds, epoch milliseconds of our own clock. */
export interface Life {
  notBefore: number;
  notAfter: number;
}

/** The same as an answer has it, by Adobe's clock. */
export interface WrittenLife {
  notBefore?: number | undefined;
  notAfter?: number | undefined;
}

/** When an answer came, and what clocks tell of its moments. */
export interface Heard {
  /** Epoch milliseconds of our own clock. */
  at: number;
  /** The `Date` header, epoch milliseconds. */
  date: number | undefined;
  clock: AdobeClock;
}

/** What is documented for a kind of thing, milliseconds. */
export interface Kind {
  /** Holds where no sane life can be told. */
  usualMs: number;
  longestMs: number;
}

/**
 * The life of what Adobe has made just now: the time between its two moments, from when the answer
 * came, for Adobe's clock may be hours from ours; or up to its end by Adobe's clock; or the usual
 * one, and `guessed`.
 */
export function newLife(
  { notBefore, notAfter }: WrittenLife,
  heard: Heard,
  { usualMs, longestMs }: Kind,
): Life & { guessed: boolean } {
  const { at } = heard;
  const sane = (end: number) => end > at && end - at <= longestMs;
  if (notBefore !== undefined && notAfter !== undefined) {
    const aheadMs = aheadOf(notBefore, at);
    const end = notAfter - aheadMs;
    if (sane(end)) return { notBefore: notBefore - aheadMs, notAfter: end, guessed: false };
  }
  if (notAfter !== undefined) {
    const end = aheads(heard)
      .map((aheadMs) => notAfter - aheadMs)
      .find(sane);
    if (end !== undefined) return { notBefore: at, notAfter: end, guessed: false };
  }
  return { notBefore: at, notAfter: at + usualMs, guessed: true };
}

/**
 * What is left of something that may have begun long ago: up to its end by Adobe's clock, and never
 * more than the time between its two moments. Undefined when it is over. Of clocks that disagree the
 * slowest counts: what has ended after all, Adobe refuses; what was taken for ended, nobody would use.
 */
export function restOfLife(
  { notBefore, notAfter }: { notBefore?: number | undefined; notAfter: number },
  heard: Heard,
): Life | undefined {
  const { at } = heard;
  const span = spanOf(notBefore, notAfter);
  const told = aheads(heard);
  // By a clock that has what exists begin later, nothing can be told. Seconds are no later: how far
  // ahead a clock is was learnt from an answer that may have been longer on its way than this one.
  const possible = told.filter((aheadMs) => aheadOf((notBefore ?? 0) - aheadMs, at) <= 0);
  const aheadMs = Math.min(...(possible.length > 0 ? possible : told));
  const end = Math.min(notAfter - aheadMs, at + span, FARTHEST_MS);
  if (end <= at) return undefined;
  return { notBefore: Number.isFinite(span) ? end - span : at, notAfter: end };
}

function spanOf(notBefore: number | undefined, notAfter: number): number {
  return notBefore === undefined || notBefore >= notAfter ? Infinity : notAfter - notBefore;
}

/** What we know of Adobe's clock; that it is ours where nothing is known. */
function aheads({ at, date, clock }: Heard): number[] {
  const known = [clock.aheadMs, date === undefined ? undefined : aheadOf(date, at)];
  const told = known.filter((aheadMs) => aheadMs !== undefined).filter(isPlausible);
  return told.length > 0 ? told : [0];
}
