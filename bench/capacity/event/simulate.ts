import { type Costs, type Load, loadSchema } from '../costs.ts';
import { demandOf, replayShare } from '../model.ts';
import { Fleet } from './fleet.ts';
import { randomOf } from './random.ts';
import { Requests } from './requests.ts';
import { autoscaler, LOOK_EVERY_S, type Scaling } from './scaling.ts';
import { lengthOf, type Scenario } from './scenario.ts';
import { Viewers } from './viewers.ts';

/** A worker answers so many workflow tasks at once (`src/worker.ts`): those are in no backlog. */
const TASKS_AT_ONCE = 200;

export interface Workers extends Scaling {
  /** From the decision to a worker that polls: a machine may have to be found, an image pulled. */
  startsWithinS: number;
  cachedDevices: number;
}

/** What happened in a second. */
export interface Moment {
  waiting: number;
  signIns: number;
  workers: number;
  workerCores: number;
  serverCores: number;
  databaseCores: number;
  transactions: number;
  actions: number;
  /** Polls that were due. */
  polls: number;
  /** Of them those that were not made in this second. */
  late: number;
  /** Requests of clients. */
  requests: number;
  /** Nobody waits for their answer any more. */
  tooLate: number;
  /** Devices that moved to another room. */
  handedOver: number;
}

/** Plays the event, second by second. Whoever got no answer in time does not ask again here. */
export function simulate(scenario: Scenario, workers: Workers, costs: Costs): Moment[] {
  const seconds = lengthOf(scenario);
  const viewers = new Viewers(scenario, randomOf(scenario.seed), seconds);
  const fleet = new Fleet(workers.least, workers.startsWithinS, seconds);
  const requests = new Requests();
  const scale = autoscaler(workers);
  return Array.from({ length: seconds }, (_none, second) => {
    fleet.start(second);
    const codes = viewers.arrive(second, fleet.rooms);
    const signIns = fleet.end(second);
    const plays = viewers.plays(second, signIns);
    const handOvers = fleet.takeIn(costs.takenInPerS, second);
    const cachedPerWaiting =
      workers.cachedDevices / Math.max(1, fleet.waiting / fleet.rooms.length);
    const load = loadSchema.parse({
      waiting: fleet.waiting,
      pollIntervalS: scenario.pollIntervalS,
      codes,
      signIns,
      authorizes: plays.first + plays.later,
      furtherCodes: viewers.furtherCodes(second),
      handOvers,
      // Who plays long after signing in is in no memory any more.
      replays: signIns * replayShare(cachedPerWaiting) + plays.later,
    });
    const moment = work(load, fleet, requests, costs);
    if (second % LOOK_EVERY_S === LOOK_EVERY_S - 1) {
      const wanted = scale({
        waiting: fleet.waiting,
        cores: moment.workerCores,
        backlog: Math.max(0, requests.tasks - TASKS_AT_ONCE * fleet.rooms.length),
        workers: fleet.size,
      });
      fleet.resize(wanted, second);
    }
    return moment;
  });
}

/** Any worker answers any request, and before it polls. */
function work(load: Load, fleet: Fleet, requests: Requests, costs: Costs): Moment {
  const { rooms, hall } = fleet;
  const demand = demandOf(load, rooms.length, costs);
  const pollMs = costs.operations.poll.cpuMs.worker;
  const busyMs = 1_000 * (1 - costs.idle.worker);
  const polls = load.waiting / load.pollIntervalS;
  const asked = load.codes + load.signIns + load.authorizes + load.furtherCodes;
  const idleCores = rooms.length * costs.idle.worker;
  requests.add(asked + load.handOvers, 1_000 * (demand.cores.worker - idleCores) - polls * pollMs);
  const { servedMs, tooLate } = requests.serve(rooms.length * busyMs);
  const leftMs = busyMs - servedMs / rooms.length;
  const polled = rooms.map((room) => room.poll(room.waiting / load.pollIntervalS, leftMs / pollMs));
  const made = polled.reduce((sum, room) => sum + room.made, 0);
  const late = polled.reduce((sum, room) => sum + room.late, hall.waiting / load.pollIntervalS);
  return {
    waiting: load.waiting,
    signIns: load.signIns,
    workers: rooms.length,
    workerCores: (servedMs + made * pollMs) / 1_000 + idleCores,
    serverCores: demand.cores.server,
    databaseCores: demand.cores.database,
    transactions: demand.transactions,
    actions: demand.actions,
    polls,
    late,
    requests: asked,
    tooLate,
    handedOver: load.handOvers,
  };
}
