import { actionsUsd, billedPerHour, resourceUnits } from '../cloud.ts';
import type { Costs } from '../costs.ts';
import { shardsFor } from '../size.ts';
import type { Moment } from './simulate.ts';

export type Minute = Omit<Moment, 'polls' | 'late' | 'requests' | 'tooLate'> & {
  /** Per cent of the polls. */
  latePercent: number;
  /** Per cent of the requests. */
  tooLatePercent: number;
};

/** Means of a minute; devices handed over are a sum. */
export function byMinute(moments: readonly Moment[]): Minute[] {
  return chunks(moments, 60).map((minute) => {
    const mean = (of: keyof Moment) => sum(minute, of) / minute.length;
    return {
      waiting: mean('waiting'),
      signIns: mean('signIns'),
      workers: mean('workers'),
      workerCores: mean('workerCores'),
      serverCores: mean('serverCores'),
      databaseCores: mean('databaseCores'),
      transactions: mean('transactions'),
      actions: mean('actions'),
      latePercent: percent(sum(minute, 'late'), sum(minute, 'polls')),
      tooLatePercent: percent(sum(minute, 'tooLate'), sum(minute, 'requests')),
      handedOver: sum(minute, 'handedOver'),
    };
  });
}

export interface Totals {
  minutes: number;
  mostWaiting: number;
  signIns: number;
  mostWorkers: number;
  workerHours: number;
  latePercent: number;
  tooLatePercent: number;
  handedOver: number;
  mostServerCores: number;
  mostDatabaseCores: number;
  mostTransactions: number;
  shards: number;
  actions: number;
  mostActions: number;
  /** Temporal Cloud's units for the busiest minute. */
  units: number;
  /** What is billed, with units that are had for whole hours. */
  billedActions: number;
  usd: number;
}

export function totalsOf(moments: readonly Moment[], costs: Costs): Totals {
  const minutes = byMinute(moments);
  const most = (of: keyof Minute) => Math.max(...minutes.map((minute) => minute[of]));
  const units = resourceUnits(most('actions'));
  const billedActions = chunks(moments, 3_600)
    .map((hour) => billedPerHour(sum(hour, 'actions'), units))
    .reduce((all, hour) => all + hour, 0);
  return {
    minutes: minutes.length,
    mostWaiting: most('waiting'),
    signIns: sum(moments, 'signIns'),
    mostWorkers: most('workers'),
    workerHours: sum(moments, 'workers') / 3_600,
    latePercent: percent(sum(moments, 'late'), sum(moments, 'polls')),
    tooLatePercent: percent(sum(moments, 'tooLate'), sum(moments, 'requests')),
    handedOver: sum(moments, 'handedOver'),
    mostServerCores: most('serverCores'),
    mostDatabaseCores: most('databaseCores'),
    mostTransactions: most('transactions'),
    shards: shardsFor(most('transactions'), costs),
    actions: sum(moments, 'actions'),
    mostActions: most('actions'),
    units,
    billedActions,
    usd: actionsUsd(billedActions),
  };
}

function chunks<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_none, index) =>
    all.slice(index * size, (index + 1) * size),
  );
}

function sum(moments: readonly Moment[], of: keyof Moment): number {
  return moments.reduce((total, moment) => total + moment[of], 0);
}

function percent(part: number, whole: number): number {
  return whole === 0 ? 0 : (100 * part) / whole;
}
