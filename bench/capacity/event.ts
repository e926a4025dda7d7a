import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { svgOf } from './chart.ts';
import { type Costs, readCosts } from './costs.ts';
import { byMinute, type Minute, type Totals, totalsOf } from './event/report.ts';
import { type Rule, RULES } from './event/scaling.ts';
import type { Scenario } from './event/scenario.ts';
import { simulate } from './event/simulate.ts';
import { steadyLoad } from './model.ts';
import { devicesPerWorker, LIMITS, sizeFor } from './size.ts';
import { numberOf } from './arguments.ts';
import { columns, whole } from './text.ts';

const CALLED: Record<Rule, string> = {
  'slots-and-cpu': 'slots held and CPU',
  slots: 'slots held',
  backlog: 'backlog of the queue',
};

export interface Played {
  rule: Rule;
  minutes: Minute[];
  totals: Totals;
}

export interface FleetOptions {
  least: number;
  startsWithinS: number;
}

/** A kick-off, by each rule of scaling: what it takes, and who has to wait. */
export async function event(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      waiting: { type: 'string', default: '34000' },
      'sign-ins': { type: 'string', default: '283' },
      'interval-s': { type: 'string', default: '15' },
      'ramp-min': { type: 'string', default: '10' },
      'plateau-min': { type: 'string', default: '45' },
      least: { type: 'string', default: String(LIMITS.leastProcesses) },
      'starts-within-s': { type: 'string', default: '45' },
      seed: { type: 'string', default: '1' },
      'every-min': { type: 'string', default: '5' },
      json: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
    },
  });
  const scenario: Scenario = {
    waiting: numberOf(values, 'waiting'),
    signIns: numberOf(values, 'sign-ins'),
    pollIntervalS: numberOf(values, 'interval-s'),
    rampS: 60 * numberOf(values, 'ramp-min'),
    plateauS: 60 * numberOf(values, 'plateau-min'),
    seed: numberOf(values, 'seed'),
  };
  const options = {
    least: numberOf(values, 'least'),
    startsWithinS: numberOf(values, 'starts-within-s'),
  };
  const everyMin = numberOf(values, 'every-min');
  const played = play(scenario, options, readCosts());
  if (values.write) {
    const file = new URL(`../../docs/bench/event-${scenario.waiting}.svg`, import.meta.url);
    writeFileSync(file, chartOf(scenario, played));
  }
  if (values.json) return console.log(JSON.stringify({ scenario, ...options, played }));
  for (const { rule, minutes, totals } of played) {
    console.log(`scaled by ${CALLED[rule]}:\n${tableOf(minutes, everyMin)}\n${inWords(totals)}\n`);
  }
}

/** The same viewers, by each rule. A fleet may be twice what the steady state asks for. */
export function play(scenario: Scenario, options: FleetOptions, costs: Costs): Played[] {
  const meanWaitS = scenario.waiting / scenario.signIns;
  const size = sizeFor(steadyLoad(scenario.waiting, meanWaitS, scenario.pollIntervalS), costs);
  return RULES.map((rule) => {
    const workers = {
      rule,
      ...options,
      most: 2 * size.processes,
      devicesPerWorker: devicesPerWorker(costs, meanWaitS),
      coresPerWorker: LIMITS.utilisation,
      cachedDevices: size.cachedDevices,
    };
    const moments = simulate(scenario, workers, costs);
    return { rule, minutes: byMinute(moments), totals: totalsOf(moments, costs) };
  });
}

export function chartOf({ waiting, signIns }: Scenario, played: readonly Played[]): string {
  const byRule = (of: keyof Minute) =>
    played.map(({ rule, minutes }) => ({
      name: CALLED[rule],
      values: minutes.map((minute) => minute[of]),
    }));
  const [best] = played;
  const one = (of: keyof Minute, name: string) => ({
    name,
    values: best?.minutes.map((minute) => minute[of]) ?? [],
  });
  const people = `${whole(waiting)} devices waiting, ${whole(signIns)} sign-ins a second`;
  return svgOf({
    title: `A kick-off, simulated: ${people}`,
    description: `By minute: devices waiting, sign-ins, workers by rule of scaling, polls and requests that are late by it, and cores. Made by npm run bench -- event --waiting ${waiting} --sign-ins ${signIns} --write`,
    xLabel: 'minutes since the first viewers',
    panels: [
      { label: 'Devices waiting', series: [one('waiting', 'waiting')] },
      { label: 'Sign-ins a second', series: [one('signIns', 'sign-ins')] },
      { label: 'Worker processes, scaled by', series: byRule('workers') },
      { label: 'Polls late, %', series: byRule('latePercent') },
      { label: 'Requests without an answer in 7 s, %', series: byRule('tooLatePercent') },
      {
        label: `Cores in use (${CALLED['slots-and-cpu']})`,
        series: [
          one('workerCores', 'workers'),
          one('serverCores', 'Temporal'),
          one('databaseCores', 'database'),
        ],
      },
    ],
  });
}

function tableOf(minutes: readonly Minute[], everyMin: number): string {
  const rows = minutes.flatMap((minute, at) =>
    at % everyMin === 0 ? [[String(at), ...HEAD.map(([, show]) => show(minute))]] : [],
  );
  return columns([['min', ...HEAD.map(([name]) => name)], ...rows]);
}

const HEAD: readonly [name: string, show: (minute: Minute) => string][] = [
  ['waiting', ({ waiting }) => whole(waiting)],
  ['sign-ins/s', ({ signIns }) => whole(signIns)],
  ['workers', ({ workers }) => workers.toFixed(1)],
  ['their cores', ({ workerCores }) => workerCores.toFixed(1)],
  ['Temporal', ({ serverCores }) => serverCores.toFixed(1)],
  ['database', ({ databaseCores }) => databaseCores.toFixed(1)],
  ['writes/s', ({ transactions }) => whole(transactions)],
  ['actions/s', ({ actions }) => whole(actions)],
  ['polls late', ({ latePercent }) => `${latePercent.toFixed(1)} %`],
  ['too late', ({ tooLatePercent }) => `${tooLatePercent.toFixed(1)} %`],
  ['handed over', ({ handedOver }) => whole(handedOver)],
];

function inWords(totals: Totals): string {
  const { minutes, signIns, mostWorkers, workerHours, latePercent, tooLatePercent } = totals;
  return [
    `${minutes} minutes, ${whole(signIns)} sign-ins; ${whole(mostWorkers)} workers at most, ${whole(workerHours)} worker hours;`,
    `polls late ${latePercent.toFixed(2)} %, requests too late ${tooLatePercent.toFixed(2)} %, ${whole(totals.handedOver)} devices handed over;`,
    `Temporal ${totals.mostServerCores.toFixed(1)} cores at most, database ${totals.mostDatabaseCores.toFixed(1)} and ${whole(totals.mostTransactions)} writes a second: ${totals.shards} shards;`,
    `on Temporal Cloud ${(totals.actions / 1e6).toFixed(1)} million actions, ${whole(totals.mostActions)} a second at most (${totals.units} TRUs), ${whole(totals.usd)} USD`,
  ].join(' ');
}
