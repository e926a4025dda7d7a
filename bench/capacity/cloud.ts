// Temporal Cloud, pay as you go, read in November 2026: docs.temporal.io/cloud/pricing and
// docs.temporal.io/cloud/capacity-modes.

/** Millions of actions of a month, and USD for each million ("Action pricing", Business and above). */
const TIERS: readonly [upToMillions: number, usd: number][] = [
  [5, 50],
  [10, 45],
  [20, 40],
  [50, 35],
  [100, 30],
  [200, 25],
];
/** "Over 200M" is negotiated: no more than the last price that is public. */
const BEYOND_USD = 25;

/** "Storage pricing": open workflows, as those of devices are all the time. */
const ACTIVE_GBH_USD = 0.042;

/** A Temporal Resource Unit allows 500 actions a second; more than 12 are asked for by ticket. */
const PER_TRU = 500;
const TRUS = [1, 2, 3, 4, 6, 8, 10, 12];
/** Each unit but the first is billed as 360,000 actions an hour at least: a fifth of what it allows. */
const LEAST_PER_TRU_HOUR = 360_000;

/** USD for the actions of one month, without what a plan includes and without the plan itself. */
export function actionsUsd(actions: number): number {
  const millions = actions / 1e6;
  let usd = 0;
  let from = 0;
  for (const [upTo, price] of TIERS) {
    usd += Math.max(0, Math.min(millions, upTo) - from) * price;
    from = upTo;
  }
  return usd + Math.max(0, millions - from) * BEYOND_USD;
}

/** Resource units for so many actions a second, as they can be had. One is what every namespace has. */
export function resourceUnits(actionsPerS: number): number {
  const units = Math.max(1, Math.ceil(actionsPerS / PER_TRU));
  return TRUS.find((had) => had >= units) ?? units;
}

/** Actions that are billed for an hour with so many units, whatever was used of them. */
export function billedPerHour(actions: number, units: number): number {
  return Math.max(actions, (units - 1) * LEAST_PER_TRU_HOUR);
}

/** USD for the histories of open workflows. */
export function storageUsd(gigabytes: number, hours: number): number {
  return gigabytes * hours * ACTIVE_GBH_USD;
}
