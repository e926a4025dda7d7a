import { setMaxListeners } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import sdk from '@temporalio/client/package.json' with { type: 'json' };
import type { DeviceClient, DevicePass } from '../../src/client.ts';
import { signInAsViewer } from '../../src/sandbox/index.ts';
import { inParallel, pending } from '../../test/faults/system.ts';
import { type Options, readOptions } from '../options.ts';
import { type Backend, onProcesses, type Processes } from '../processes.ts';
import { progress, report } from '../report.ts';
import { atRate, backendOf, signedIn, signIn } from '../requests.ts';
import { spending, type Spent } from '../spent.ts';
import { SERVER_VERSION } from '../temporal/built.ts';
import { updateMsAt } from '../temporal/server.ts';
import { newTv } from '../tv.ts';
import { bringToCodes, INTERVAL_MS, pollsWithin } from '../waiting.ts';
import { type Cost, type Costs, COSTS_FILE, loadSchema, type Point } from './costs.ts';
import { BEATS_PER_S } from './model.ts';

/** Temporal's shards note down once a minute how far they are: shorter windows catch it or not. */
const WINDOW_S = 60;
/** A server that has just started does much that it never does again. */
const CALM_S = 60;
const AT_ONCE = 8;
const PLAYING = 100;
const MVPD = { mvpd: { id: 'NorthCable' } };
/** No poll comes while single operations are measured. */
const NO_POLL_MS = 600_000;
/** For codes that run out while somebody watches. */
const CODE_LIFE_MS = 60_000;
const WATCHED = 150;
/** Many that wait are more than a worker keeps in memory: so many of them. */
const FEW_CACHED = 1_000;

type Operations = Costs['operations'];
type Idle = Costs['idle'];
type Settings = Options & { devices: number; many: number; operations: number; rate: number };

/**
 * Measures what each operation costs, idle processes, memory, and some loads as a whole, with which
 * the model is compared. Writes `docs/bench/costs.json`. Twenty minutes.
 */
export async function costs(args: string[]): Promise<void> {
  const options = readOptions(args, { devices: 2_000, many: 10_000, operations: 1_200, rate: 8 });
  if (options.server !== 'postgres') {
    throw new Error('costs needs --server postgres: the database is a part of what is measured');
  }
  const singles = await measured(options, {}, measureSingles);
  const furtherCode = await measured(options, { codeLifeMs: CODE_LIFE_MS }, measureFurtherCodes);
  const waits = await measured(options, {}, measureWaits(singles));
  const all: Costs = {
    measured: await machine(),
    operations: { ...singles.operations, furtherCode, ...waits.operations },
    idle: singles.idle,
    memory: waits.memory,
    historyKb: singles.historyKb,
    transactionMs: singles.transactionMs,
    takenInPerS: waits.takenInPerS,
    points: waits.points,
  };
  await writeFile(COSTS_FILE, `${JSON.stringify(all, threeDigits, 2)}\n`);
  const lines = Object.entries(all.operations).flatMap(([name, { cpuMs, actions }]) => [
    [`${name}, CPU ms of worker`, cpuMs.worker],
    [`${name}, CPU ms of Temporal`, cpuMs.server],
    [`${name}, CPU ms of database`, cpuMs.database],
    [`${name}, billable actions`, actions],
  ]);
  await report(options, 'costs', 'what each operation costs', Object.fromEntries(lines));
}

async function measured<R>(
  options: Settings,
  sandbox: { codeLifeMs?: number },
  measure: (processes: Processes, options: Settings) => Promise<R>,
): Promise<R> {
  const results: R[] = [];
  await onProcesses(
    options,
    async (processes) => {
      results.push(await measure(processes, options));
    },
    sandbox,
  );
  const [result] = results;
  if (result === undefined) throw new Error('nothing was measured');
  return result;
}

interface Singles {
  operations: Pick<Operations, 'code' | 'signIn' | 'authorize' | 'logout' | 'replay' | 'beat'>;
  idle: Idle;
  /** Memory of a worker that has done nothing yet. */
  workerMb: number;
  historyKb: number;
  transactionMs: number;
}

/** One operation after the other, some at once, each for devices of their own. */
async function measureSingles(processes: Processes, options: Settings): Promise<Singles> {
  const { temporal } = processes;
  await sleep(CALM_S * 1_000);
  progress('idle, without a worker');
  const bare = idleOf(await during(await spending(temporal, {})));
  const backend = await backendOf(processes, NO_POLL_MS);
  progress('idle, with one');
  const beside = await during(await backend.spending());
  const idle = idleOf(beside);
  // What a worker does for the first time it does more slowly.
  await signedIn(backend.pass, 50);
  const costOf = measuring(processes, backend, idle);
  const { pass } = backend;
  const tvs = Array.from({ length: options.operations }, () => newTv(pass));
  const pages: string[] = [];
  const code = await costOf('a first contact', tvs, tvs, async (tv) => {
    pages.push(pending(await tv.authenticate(MVPD)).url);
  });
  // The viewers' browsers are no cost of ours.
  const returns = await inParallel(pages, AT_ONCE, async (url) => signInAsViewer(url));
  const signInCost = await costOf('a sign-in', tvs, returns, async ({ finalUrl }) => {
    await pass.browserReturned(finalUrl);
  });
  await sleep(1_000);
  await inParallel(tvs, AT_ONCE, mustBeSignedIn);
  const authorize = await costOf('a play', tvs, tvs, async (tv) => tv.authorize('REF30'));
  const historyKb = await historyKbOf(processes, tvs);
  const logout = await costOf('a logout', tvs, tvs, async (tv) => tv.logout());
  const replay = await costOfReplay(processes, backend, tvs, idle);
  return {
    idle: { ...bare, worker: idle.worker },
    workerMb: beside.used.get('worker')?.memoryMb ?? Number.NaN,
    historyKb,
    transactionMs: await updateMsAt(temporal),
    operations: {
      code,
      signIn: signInCost,
      authorize,
      logout,
      replay,
      beat: {
        cpuMs: {
          worker: 0, // it is in what an idle worker takes
          server: more(idle.server, bare.server) / BEATS_PER_S,
          database: more(idle.database, bare.database) / BEATS_PER_S,
        },
        transactions: more(idle.transactions, bare.transactions) / BEATS_PER_S / 1_000,
        actions: 1,
        events: 0,
      },
    },
  };
}

/** Thousandths by which the first is more, not less. */
function more(value: number, than: number): number {
  return Math.max(0, value - than) * 1_000;
}

/** Does a thing for each, all in one window, and says what one of them cost more than nothing did. */
function measuring({ client }: Processes, backend: Pick<Backend, 'spending'>, idle: Idle) {
  return async <T>(
    what: string,
    tvs: readonly DeviceClient[],
    items: readonly T[],
    work: (item: T) => Promise<unknown>,
  ): Promise<Cost> => {
    progress(`${items.length} times ${what}`);
    const sample = tvs.slice(0, 10);
    const before = await eventsOf(client, sample);
    const spent = await backend.spending();
    await atRate(items.length / WINDOW_S, WINDOW_S, async (index) => {
      const item = items[index];
      if (item !== undefined) await work(item);
    });
    const cost = costOfEach(await spent(), items.length, idle);
    const events = ((await eventsOf(client, sample)) - before) / sample.length;
    return { ...cost, events: Math.round(events) };
  };
}

/** What each of so many cost beside what would have been spent anyway. */
function costOfEach({ seconds, used, database, actions }: Spent, count: number, idle: Idle): Cost {
  const cpuMs = (who: string, idleCores: number) => {
    const own = (used.get(who)?.cpuS ?? Number.NaN) - idleCores * seconds;
    return Math.max(0, (own * 1_000) / count);
  };
  const commits = (database?.commits ?? Number.NaN) - idle.transactions * seconds;
  const billed = [...(actions ?? [])].filter(([kind]) => kind !== HEARTBEAT);
  return {
    cpuMs: {
      worker: cpuMs('worker', idle.worker),
      server: cpuMs('Temporal', idle.server),
      database: cpuMs('database', idle.database),
    },
    transactions: Math.max(0, commits / count),
    actions: billed.reduce((sum, [, times]) => sum + times, 0) / count,
    events: 0,
  };
}

/** Of rooms, which are told apart. */
const HEARTBEAT = 'grpc_RecordActivityTaskHeartbeat';

/** A worker that never saw these devices is asked about each, and then again. */
async function costOfReplay(
  processes: Processes,
  backend: Backend,
  tvs: readonly DeviceClient[],
  idle: Idle,
): Promise<Cost> {
  await backend.worker.kill();
  const { pid } = await backend.addWorker();
  await sleep(5_000);
  const looks = async (what: string) =>
    measuring(
      processes,
      { spending: async () => spending(processes.temporal, { worker: pid }) },
      idle,
    )(what, tvs, tvs, async (tv) => tv.view());
  const cold = await looks('a look at a device that is not in memory');
  const warm = await looks('a look at one that is');
  const difference = (who: keyof Cost['cpuMs']) => Math.max(0, cold.cpuMs[who] - warm.cpuMs[who]);
  return {
    cpuMs: {
      worker: difference('worker'),
      server: difference('server'),
      database: difference('database'),
    },
    transactions: Math.max(0, cold.transactions - warm.transactions),
    actions: Math.max(0, cold.actions - warm.actions),
    events: 0,
  };
}

/** Codes that run out while somebody watches, and those that follow. */
async function measureFurtherCodes(processes: Processes): Promise<Cost> {
  const { temporal, client } = processes;
  const backend = await backendOf(processes, INTERVAL_MS);
  const idle = idleOf(await during(await backend.spending()));
  const ended = new AbortController();
  setMaxListeners(WATCHED, ended.signal);
  const tvs = Array.from({ length: WATCHED }, () => newTv(backend.pass));
  const codes = new Set<string>();
  const watches = tvs.map(async (tv) => {
    const { signal } = ended;
    for await (const standing of tv.watch({ authenticate: MVPD, signal })) {
      if (standing.status === 'pending') codes.add(standing.code);
    }
  });
  await sleep(CODE_LIFE_MS / 2);
  progress(`${codes.size} codes are watched, each for ${CODE_LIFE_MS / 1_000} s`);
  const before = codes.size;
  const eventsBefore = await eventsOf(client, tvs);
  const since = Date.now();
  const spent = await spending(temporal, { worker: backend.worker.pid });
  await sleep(2 * CODE_LIFE_MS);
  const used = await spent();
  const count = codes.size - before;
  const events = ((await eventsOf(client, tvs)) - eventsBefore) / count;
  const polls = await processes.sandbox.pollsSince(since);
  progress(`${count} further codes, ${polls.length} polls beside`);
  ended.abort();
  await Promise.allSettled(watches);
  return { ...costOfEach(used, count, idle), events: Math.round(events) };
}

interface Waits {
  operations: Pick<Operations, 'poll' | 'handOver'>;
  memory: Costs['memory'];
  takenInPerS: number;
  points: Point[];
}

/** Many that wait: what a poll costs, memory, loads as a whole, and a worker that is killed. */
function measureWaits({ idle, workerMb }: Singles) {
  return async (processes: Processes, options: Settings): Promise<Waits> => {
    const { devices, many, rate } = options;
    const first = await backendOf(processes, INTERVAL_MS);
    const playing = await signedIn(first.pass, PLAYING);
    const some = await waitingPoint(processes, first, devices);
    progress(`${rate} lives a second beside them`);
    const mixed = await during(
      await first.spending(),
      async () => void (await atRate(rate, WINDOW_S, async () => oneLife(first.pass))),
    );
    const plays = 2 * rate;
    progress(`${plays} plays a second beside them`);
    const playsBeside = await during(
      await first.spending(),
      async () =>
        void (await atRate(plays, WINDOW_S, async (index) =>
          playing[index % playing.length]?.authorize('REF30'),
        )),
    );
    const { handOver, takenInPerS } = await costOfHandOver(processes, first, devices, idle);

    const second = await processes.backend({
      pollIntervalMs: INTERVAL_MS,
      env: { DEVICEPASS_CACHED_DEVICES: String(FEW_CACHED) },
    });
    const crowd = await waitingPoint(processes, second, many);
    const memory = memoryOf(
      workerMb,
      { mb: some.workerMb, waiting: devices, cached: Math.min(2_000, devices + PLAYING) },
      { mb: crowd.workerMb, waiting: many, cached: FEW_CACHED },
    );
    const lives = {
      codes: rate,
      signIns: rate,
      authorizes: rate,
      logouts: rate,
    };
    return {
      // Where there are many: what a worker does beside polls is spread over more of them.
      operations: { poll: costOfEach(crowd.spent, crowd.poll, idle), handOver },
      takenInPerS,
      memory,
      points: [
        pointOf(`${devices} devices waiting`, { waiting: devices }, some.spent),
        pointOf(`${many} devices waiting`, { waiting: many }, crowd.spent),
        pointOf(
          `${rate} lives a second beside ${devices} waiting`,
          { waiting: devices, ...lives },
          mixed,
        ),
        pointOf(
          `${plays} plays a second beside ${devices} waiting`,
          { waiting: devices, authorizes: plays },
          playsBeside,
        ),
      ],
    };
  };
}

async function waitingPoint(
  { sandbox }: Processes,
  { pass, spending: begin }: Backend,
  devices: number,
): Promise<{ spent: Spent; poll: number; workerMb: number }> {
  await bringToCodes(pass, devices, 100);
  await sleep(INTERVAL_MS + 5_000);
  progress(`${devices} devices wait: measuring`);
  const since = Date.now();
  const spent = await during(await begin());
  const poll = pollsWithin(await sandbox.pollsSince(since), since, spent.seconds).length;
  return { spent, poll, workerMb: spent.used.get('worker')?.memoryMb ?? Number.NaN };
}

async function oneLife(pass: DevicePass): Promise<void> {
  const tv = newTv(pass);
  await signIn(tv, pass);
  await tv.authorize('REF30');
  await tv.logout();
}

/** The worker of those who wait is killed: another takes them in. */
async function costOfHandOver(
  { client, temporal }: Processes,
  { worker, addWorker }: Backend,
  devices: number,
  idle: Idle,
): Promise<{ handOver: Cost; takenInPerS: number }> {
  const { pid, room } = await addWorker();
  await sleep(5_000);
  await worker.kill();
  progress(`the worker of ${devices} devices is killed`);
  const spent = await spending(temporal, { worker: pid });
  const takenIn: [at: number, count: number][] = [];
  const query = `DevicepassRoom = '${room}' AND ExecutionStatus = 'Running'`;
  const from = Date.now();
  for (let count = 0; count < devices;) {
    if (Date.now() - from > 5 * 60_000) throw new Error(`only ${count} devices found another room`);
    await sleep(1_000);
    ({ count } = await client.workflow.count(query));
    if (count > 0) takenIn.push([Date.now(), count]);
  }
  const cost = costOfEach(await spent(), devices, idle);
  const [first = [0, 0], last = [1, 0]] = [takenIn[0], takenIn.at(-1)];
  return {
    handOver: { ...cost, events: HAND_OVER_EVENTS },
    takenInPerS: ((last[1] - first[1]) * 1_000) / (last[0] - first[0]),
  };
}

/** A signal, a workflow task, the request that entered, and the room as a search attribute. */
const HAND_OVER_EVENTS = 6;

interface Memory {
  mb: number;
  waiting: number;
  cached: number;
}

/** Two loads of which one keeps fewer workflows in memory: by two equations. */
function memoryOf(baseMb: number, a: Memory, b: Memory): Costs['memory'] {
  const determinant = a.waiting * b.cached - b.waiting * a.cached;
  const [left, right] = [a.mb - baseMb, b.mb - baseMb];
  return {
    baseMb,
    perWaitingMb: Math.max(0, (left * b.cached - right * a.cached) / determinant),
    perCachedMb: Math.max(0, (a.waiting * right - b.waiting * left) / determinant),
  };
}

function pointOf(name: string, load: object, { seconds, used, database }: Spent): Point {
  const cores = (who: string) => (used.get(who)?.cpuS ?? Number.NaN) / seconds;
  return {
    name,
    processes: 1,
    load: loadSchema.parse(load),
    cores: { worker: cores('worker'), server: cores('Temporal'), database: cores('database') },
    ...(database ? { transactions: database.commits / seconds } : {}),
  };
}

/** What is spent in a window, or while something is done. */
async function during(
  end: () => Promise<Spent>,
  work: () => Promise<void> = async () => sleep(WINDOW_S * 1_000),
): Promise<Spent> {
  await work();
  return end();
}

function idleOf({ seconds, used, database }: Spent): Idle {
  const cores = (who: string) => (used.get(who)?.cpuS ?? 0) / seconds;
  return {
    worker: cores('worker'),
    server: cores('Temporal'),
    database: cores('database'),
    transactions: (database?.commits ?? Number.NaN) / seconds,
  };
}

async function mustBeSignedIn(tv: DeviceClient): Promise<void> {
  const { standing } = await tv.view();
  if (standing.status !== 'signed-in') throw new Error(`a viewer is ${standing.status}`);
}

async function eventsOf(
  client: Processes['client'],
  tvs: readonly DeviceClient[],
): Promise<number> {
  const lengths = tvs.map(async ({ workflowId }) =>
    client.workflow
      .getHandle(workflowId)
      .describe()
      // Not begun yet.
      .then(
        ({ historyLength }) => historyLength,
        () => 0,
      ),
  );
  return (await Promise.all(lengths)).reduce((sum, length) => sum + length, 0);
}

async function historyKbOf({ client }: Processes, tvs: readonly DeviceClient[]): Promise<number> {
  const [tv] = tvs;
  if (!tv) return Number.NaN;
  const { historySize } = await client.workflow.getHandle(tv.workflowId).describe();
  return (historySize ?? Number.NaN) / 1_000;
}

async function machine(): Promise<Costs['measured']> {
  const [cpu] = cpus();
  return {
    date: new Date().toISOString().slice(0, 10),
    machine: `${cpus().length} cores (${cpu?.model.trim() ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30)} GiB, everything on one machine`,
    node: process.versions.node,
    temporal: SERVER_VERSION.slice(1),
    sdk: sdk.version,
    database: 'PostgreSQL, 512 shards',
  };
}

function threeDigits(_name: string, value: unknown): unknown {
  return typeof value === 'number' ? Number(value.toPrecision(3)) : value;
}
