import { defineQuery, defineUpdate } from '@temporalio/workflow';

/** What one gateway has spent in the present ten minutes; names of keys are keyed hashes. */
export interface SpentReport {
  gateway: string;
  /** Number of the ten minutes since the epoch. */
  window: number;
  /** What changed: all that this gateway spent of a key so far, and what that is limited to. */
  spent: { key: string; here: number; most: number }[];
}

/** What the gateways of a queue have spent together. */
export type SpentTotals = Record<string, number>;

/** So many keys in one report at most. */
export const MOST_IN_REPORT = 1_000;

/** A gateway tells what it spent. The answer has what it named, and whatever is half used up. */
export const reportSpent = defineUpdate<SpentTotals, [SpentReport]>('reportSpent');
/** All totals, for operators. */
export const spentTotals = defineQuery<SpentTotals>('spentTotals');
