import { actionsUsd, storageUsd } from './cloud.ts';
import type { Costs } from './costs.ts';
import type { Played } from './event.ts';
import { BEATS_PER_S, check, steadyLoad } from './model.ts';
import { devicesPerWorker, sizeFor } from './size.ts';
import { whole } from './text.ts';

/** From asking for a code to signed in, on average: with it 34,000 devices wait at 283 sign-ins a second. */
export const MEAN_WAIT_S = 120;
const SIZES = [1_000, 10_000, 50_000, 140_000];
const MONTH_S = 30 * 86_400;

type Table = string[][];

/** What to provide for so many devices that wait. */
export function sizes(costs: Costs, meanWaitS = MEAN_WAIT_S): Table {
  const rows = SIZES.map((waiting) => {
    const size = sizeFor(steadyLoad(waiting, meanWaitS), costs);
    const { units, actionsPerHour } = size.cloud;
    return [
      whole(waiting),
      whole(waiting / meanWaitS),
      whole(size.processes),
      String(size.cachedDevices),
      whole(size.memoryMbPerProcess),
      `${size.serverCores} (${size.servers} servers)`,
      String(size.databaseCores),
      whole(size.demand.transactions),
      String(size.shards),
      `${(actionsPerHour / 1e6).toFixed(1)} million, ${units} TRU, ${whole(actionsUsd(actionsPerHour))} USD`,
    ];
  });
  return [
    [
      'devices waiting',
      'sign-ins/s',
      'workers',
      '`DEVICEPASS_CACHED_DEVICES`',
      'MB each',
      'cores for Temporal',
      'for the database',
      'writes/s',
      'shards',
      'or Temporal Cloud: actions an hour',
    ],
    ...rows,
  ];
}

/** What was measured of each operation. */
export function operations({ operations: all }: Costs): Table {
  const called: Record<keyof Costs['operations'], string> = {
    poll: 'a poll',
    code: 'a first contact, to the code',
    signIn: 'a sign-in',
    authorize: 'a play',
    logout: 'a logout',
    furtherCode: 'a further code',
    handOver: 'a device that moves to another room',
    replay: 'more for a workflow that is not in memory',
    beat: `a heartbeat of a room, ${BEATS_PER_S} a second`,
  };
  const names = Object.keys(called) as (keyof typeof called)[];
  return [
    ['', 'worker, ms', 'Temporal, ms', 'database, ms', 'writes', 'actions', 'events'],
    ...names.map((name) => {
      const { cpuMs, transactions, actions, events } = all[name];
      const figures = [cpuMs.worker, cpuMs.server, cpuMs.database, transactions, actions, events];
      return [called[name], ...figures.map(String)];
    }),
  ];
}

export function checks(costs: Costs): Table {
  return [
    ['measured point', 'of', 'model', 'measured', 'ratio'],
    ...check(costs.points, costs).map(({ point, what, predicted, measured, ratio }) => [
      point,
      what === 'transactions' ? 'writes/s' : `cores of ${what}`,
      predicted.toPrecision(3),
      measured.toPrecision(3),
      ratio.toFixed(2),
    ]),
  ];
}

export function events(all: readonly { waiting: number; played: readonly Played[] }[]): Table {
  const called = {
    'slots-and-cpu': 'slots held and CPU',
    slots: 'slots held',
    backlog: 'backlog of the queue',
  };
  return [
    [
      'kick-off with',
      'scaled by',
      'workers at most',
      'worker hours',
      'polls late',
      'requests too late',
      'devices handed over',
      'on Temporal Cloud',
    ],
    ...all.flatMap(({ waiting, played }) =>
      played.map(({ rule, totals }) => [
        `${whole(waiting)} waiting`,
        called[rule],
        whole(totals.mostWorkers),
        whole(totals.workerHours),
        `${totals.latePercent.toFixed(1)} %`,
        `${totals.tooLatePercent.toFixed(1)} %`,
        whole(totals.handedOver),
        `${(totals.billedActions / 1e6).toFixed(1)} million actions, ${whole(totals.usd)} USD`,
      ]),
    ),
  ];
}

/** What does not fit into a table. */
export function sentences(costs: Costs): string[] {
  const { code, signIn, authorize, beat } = costs.operations;
  const each = code.actions + signIn.actions + authorize.actions;
  const beats = BEATS_PER_S * beat.actions * MONTH_S;
  const { date, machine, node, temporal, sdk, database } = costs.measured;
  return [
    `Measured on ${date}: ${machine}; Node ${node}, Temporal ${temporal}, SDK ${sdk}, ${database}.`,
    ...(costs.placeholder === undefined ? [] : [`**Placeholders.** ${costs.placeholder}`]),
    `One worker is good for ${whole(devicesPerWorker(costs, MEAN_WAIT_S))} waiting devices.`,
    `On Temporal Cloud a sign-in with its code and its first play is ${each} actions: ${actionsUsd(each * 1_000).toFixed(2)} USD a thousand.`,
    `There, and with nobody waiting, a worker's room is ${(beats / 1e6).toFixed(1)} million actions a month: ${whole(actionsUsd(beats))} USD.`,
    `A million devices that stay signed in there, ${costs.historyKb} kB each, are ${whole(storageUsd(costs.historyKb, MONTH_S / 3_600))} USD of storage a month.`,
  ];
}
