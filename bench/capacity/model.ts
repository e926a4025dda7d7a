import { ROOM_SILENCE_MS } from '../../src/workflows/activity-options.ts';
import { type Cost, type Costs, type Load, loadSchema, type Point } from './costs.ts';

/** A room beats three times within the silence after which it is taken for dead. */
export const BEATS_PER_S = 3_000 / ROOM_SILENCE_MS;

export interface Cores {
  worker: number;
  server: number;
  database: number;
}

/** What a load takes. All but the cores is a second. */
export interface Demand {
  cores: Cores;
  transactions: number;
  actions: number;
  events: number;
}

/** Everything costs what it costs once, times how often it happens; and what stands still costs too. */
export function demandOf(load: Load, processes: number, costs: Costs): Demand {
  const { idle } = costs;
  const happening = rates(load, processes, costs);
  const sum = (of: (cost: Cost) => number) =>
    happening.reduce((total, [rate, cost]) => total + rate * of(cost), 0);
  return {
    cores: {
      worker: sum(({ cpuMs }) => cpuMs.worker) / 1_000 + processes * idle.worker,
      server: sum(({ cpuMs }) => cpuMs.server) / 1_000 + idle.server,
      database: sum(({ cpuMs }) => cpuMs.database) / 1_000 + idle.database,
    },
    transactions: sum(({ transactions }) => transactions) + idle.transactions,
    actions: sum(({ actions }) => actions),
    events: sum(({ events }) => events),
  };
}

function rates(load: Load, processes: number, { operations }: Costs): [number, Cost][] {
  return [
    [load.waiting / load.pollIntervalS, operations.poll],
    [load.codes, operations.code],
    [load.signIns, operations.signIn],
    [load.authorizes, operations.authorize],
    [load.logouts, operations.logout],
    [load.furtherCodes, operations.furtherCode],
    [load.handOvers, operations.handOver],
    [load.replays, operations.replay],
    [processes * BEATS_PER_S, operations.beat],
  ];
}

/** As many come as sign in, after waiting so long on average, and play once. */
export function steadyLoad(waiting: number, meanWaitS: number, pollIntervalS = 15): Load {
  const each = waiting / meanWaitS;
  return loadSchema.parse({
    waiting,
    pollIntervalS,
    codes: each,
    signIns: each,
    authorizes: each,
  });
}

/** Of a room's device: the rest of the workflows in memory are signed in by now. */
export function replayShare(cachedPerWaiting: number): number {
  return Math.min(1, Math.exp(1 - cachedPerWaiting));
}

export interface Compared {
  point: string;
  what: keyof Cores | 'transactions';
  predicted: number;
  measured: number;
  /** Predicted by measured. */
  ratio: number;
}

/** How far the model is from what was measured, for all that was. */
export function check(points: readonly Point[], costs: Costs): Compared[] {
  return points.flatMap(({ name, load, processes, cores, transactions }) => {
    const demand = demandOf(load, processes, costs);
    const pairs = [
      ['worker', demand.cores.worker, cores.worker],
      ['server', demand.cores.server, cores.server],
      ['database', demand.cores.database, cores.database],
      ['transactions', demand.transactions, transactions],
    ] as const;
    return pairs.flatMap(([what, predicted, measured]) =>
      measured === undefined
        ? []
        : [{ point: name, what, predicted, measured, ratio: predicted / measured }],
    );
  });
}
