import { billedPerHour, resourceUnits } from './cloud.ts';
import type { Costs, Load } from './costs.ts';
import { type Demand, demandOf, replayShare, steadyLoad } from './model.ts';

/** How much of anything may be used, each with its reason. */
export interface Limits {
  /**
   * Of one core a worker process: its JavaScript runs in two threads, but all polls in one of them. Half,
   * because kick-offs come faster than processes start, and up to there whoever comes finds one other
   * before him on average (M/M/1).
   */
  utilisation: number;
  /** The same with one process less: the others take over until it is replaced. */
  utilisationWithoutOne: number;
  /** MB of a worker process: what small machines have, and Node collects in tens of ms. */
  memoryMb: number;
  /** The devices of a process that died are polled for again by then: four polls of 15 s. */
  takenInWithinS: number;
  /** With one worker nobody is polled for while it is away. */
  leastProcesses: number;
  /**
   * Workflows in memory for each device that waits in the process. LRU: those that signed in last are in
   * it too, and e^(1-3) = 14 % of the sign-ins have to be replayed; with 2 it would be 37 %.
   */
  cachedPerWaiting: number;
  /** Of the cores of server and database: a kick-off is no average. */
  serverUtilisation: number;
  /**
   * Of the time of a shard, for "a History Shard assumes that only one concurrent operation can be
   * within a partition at a time" (Temporal's documentation, "What is a History Shard?"). With a
   * twentieth, 95 of 100 writes find theirs free: shard lock latency p95 is far below the 5 ms that
   * "Scaling Temporal: The basics" (temporal.io/blog) wants.
   */
  shardUtilisation: number;
  /** "Temporal recommends that small production clusters use 512 shards" (the same). */
  leastShards: number;
}

export const LIMITS: Limits = {
  utilisation: 0.5,
  utilisationWithoutOne: 0.8,
  memoryMb: 2_048,
  takenInWithinS: 60,
  leastProcesses: 2,
  cachedPerWaiting: 3,
  serverUtilisation: 0.5,
  shardUtilisation: 0.05,
  leastShards: 512,
};

/** Servers of Temporal have so many cores here, and are three at least: one may fail, two share. */
const SERVER_CORES = 4;
const LEAST_SERVERS = 3;
const CACHED_STEP = 100;
const DEVICES_STEP = 50;

export type Bound = 'CPU' | 'CPU without one' | 'memory' | 'takeover' | 'least';

export interface Size {
  processes: number;
  /** What asks for so many processes. */
  boundBy: Bound;
  /** For `DEVICEPASS_CACHED_DEVICES`. */
  cachedDevices: number;
  memoryMbPerProcess: number;
  demand: Demand;
  /** To be provided, not used. */
  serverCores: number;
  servers: number;
  databaseCores: number;
  shards: number;
  /** On Temporal Cloud instead of a server. */
  cloud: { units: number; actionsPerHour: number };
}

/** What to provide for a load. */
export function sizeFor(load: Load, costs: Costs, limits: Limits = LIMITS): Size {
  const { memory } = costs;
  const withReplays = {
    ...load,
    replays: load.replays + load.signIns * replayShare(limits.cachedPerWaiting),
  };
  const [boundBy, processes] = processesFor(withReplays, costs, limits);
  const here = load.waiting / processes;
  const cachedDevices = upTo(CACHED_STEP, Math.max(1, here * limits.cachedPerWaiting));
  const demand = demandOf(withReplays, processes, costs);
  const serverCores = Math.ceil(demand.cores.server / limits.serverUtilisation);
  const units = resourceUnits(demand.actions);
  return {
    processes,
    boundBy,
    cachedDevices,
    memoryMbPerProcess:
      memory.baseMb + here * memory.perWaitingMb + cachedDevices * memory.perCachedMb,
    demand,
    serverCores,
    servers: Math.max(LEAST_SERVERS, Math.ceil(serverCores / SERVER_CORES)),
    databaseCores: Math.ceil(demand.cores.database / limits.serverUtilisation),
    shards: shardsFor(demand.transactions, costs, limits),
    cloud: { units, actionsPerHour: billedPerHour(demand.actions * 3_600, units) },
  };
}

function processesFor(load: Load, costs: Costs, limits: Limits): [Bound, number] {
  const { memory, takenInPerS } = costs;
  const perProcess = demandOf(nothing(load), 1, costs).cores.worker;
  const cores = demandOf(load, 0, costs).cores.worker;
  const mb = load.waiting * (memory.perWaitingMb + limits.cachedPerWaiting * memory.perCachedMb);
  // One of n dies: waiting / n are taken in by n - 1.
  const pairs = load.waiting / (takenInPerS * limits.takenInWithinS);
  const bounds: [Bound, number][] = [
    ['least', limits.leastProcesses],
    ['takeover', Math.ceil((1 + Math.sqrt(1 + 4 * pairs)) / 2)],
    ['memory', Math.ceil(mb / (limits.memoryMb - memory.baseMb))],
    ['CPU without one', 1 + Math.ceil(cores / (limits.utilisationWithoutOne - perProcess))],
    ['CPU', Math.ceil(cores / (limits.utilisation - perProcess))],
  ];
  return bounds.reduce((most, bound) => (bound[1] > most[1] ? bound : most));
}

/** The same interval, and nobody there. */
function nothing({ pollIntervalS }: Load): Load {
  return steadyLoad(0, 1, pollIntervalS);
}

/**
 * Writes a second, times how long each holds its shard. A power of two: the number is for ever, and only
 * a cluster with a multiple of it can take over by replication.
 */
export function shardsFor(transactionsPerS: number, costs: Costs, limits: Limits = LIMITS): number {
  const busy = (transactionsPerS * costs.transactionMs) / 1_000;
  return 2 ** Math.ceil(Math.log2(Math.max(limits.leastShards, busy / limits.shardUtilisation)));
}

/**
 * How many devices a worker process may have in its room while as many come and sign in as the mean
 * wait says: what to scale by.
 */
export function devicesPerWorker(costs: Costs, meanWaitS: number, limits: Limits = LIMITS): number {
  const many = 1_000_000;
  const { processes } = sizeFor(steadyLoad(many, meanWaitS), costs, {
    ...limits,
    takenInWithinS: Infinity,
  });
  return Math.floor(many / processes / DEVICES_STEP) * DEVICES_STEP;
}

function upTo(step: number, value: number): number {
  return Math.ceil(value / step) * step;
}
