import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { inParallel } from '../../test/faults/system.ts';
import { bars } from '../bars.ts';
import { type Options, readOptions } from '../options.ts';
import { onProcesses, type Processes } from '../processes.ts';
import {
  type Figures,
  itsTurn,
  percentiles,
  progress,
  reportSideBySide,
  timed,
} from '../report.ts';
import { aSecond, each, spending } from '../spent.ts';
import { perPoll, pollFigures, pollsWithin } from '../waiting.ts';
import { CONTACTS, type Design, type Running, WAITING } from './designs.ts';

const SETTLED_MS = 60_000;
/** After one design, until what it left at Temporal is done. */
const CALM_MS = 3_000;
/** No more than get on together: a machine may be slower than the rate that is wanted. */
const BEGIN_AT_ONCE = 20;
/** Nobody is polled for meanwhile. */
const NO_POLL_MS = 600_000;

const CPU_A_POLL = 'CPU ms of all a poll';
const CPU_A_CONTACT = 'CPU ms of all';

export interface PeersOptions {
  devices: number;
  /** Devices that begin to wait a second. */
  rate: number;
  seconds: number;
  /** Between two polls of a device, in s. */
  interval: number;
  contacts: number;
  'at-once': number;
  rounds: number;
}

/** What others would write, beside devicepass: by turns, in one run, on the same server. */
export async function peers(args: string[]): Promise<void> {
  const options = readOptions(
    args,
    {
      devices: 2_000,
      rate: 100,
      // Temporal's 512 shards note down once a minute how far they are.
      seconds: 60,
      interval: 15,
      contacts: 300,
      'at-once': 16,
      rounds: 1,
    },
    ['contacts'],
  );
  const { devices, interval, contacts, 'at-once': atOnce } = options;
  await onProcesses(options, async (processes) => {
    // A server that has just started does much that it never does again: nobody should pay for that.
    if (options.server === 'postgres') await sleep(SETTLED_MS);
    const waits = await compare(WAITING, processes, options, measureWaits);
    await reportSideBySide(
      options,
      'peers-waiting',
      `${devices} devices wait, polled for every ${interval} s`,
      waits,
    );
    await drawn(options, 'peers-waiting.svg', 'A poll that was done', CPU_A_POLL, waits);
    if (contacts === 0) return;
    const firsts = await compare(CONTACTS, processes, options, measureContacts);
    await reportSideBySide(
      options,
      'peers-contacts',
      `${contacts} first contacts, ${atOnce} at once`,
      firsts,
    );
    await drawn(options, 'peers-contacts.svg', 'A first contact', CPU_A_CONTACT, firsts);
  });
}

type Measure = (
  running: Running,
  processes: Processes,
  options: PeersOptions,
) => Promise<Figures | undefined>;

/** All designs by turns, as many rounds as were asked for: means, by the name of the design. */
export async function compare(
  designs: readonly Design[],
  processes: Processes,
  options: PeersOptions,
  measure: Measure,
): Promise<Record<string, Figures>> {
  const measured = new Map<string, Figures[]>();
  for (let round = 1; round <= options.rounds; round += 1) {
    for (const { name, needsDatabase, start } of designs) {
      if (needsDatabase && processes.temporal.database === undefined) {
        progress(`${name}: left out, for it needs --server postgres`);
        continue;
      }
      progress(`round ${round} of ${options.rounds}: ${name}`);
      const interval = measure === measureContacts ? NO_POLL_MS : options.interval * 1_000;
      const running = await start(processes, interval);
      try {
        const figures = await measure(running, processes, options);
        if (figures) measured.set(name, [...(measured.get(name) ?? []), figures]);
      } finally {
        await running.stop();
      }
      await sleep(CALM_MS);
    }
  }
  return Object.fromEntries([...measured].map(([name, rounds]) => [name, means(rounds)]));
}

export async function measureWaits(
  { wait, pids, pollsSince }: Running,
  { temporal }: Processes,
  { devices, rate, seconds, interval }: PeersOptions,
): Promise<Figures | undefined> {
  if (!wait) return undefined;
  const from = performance.now();
  await inParallel(Array.from({ length: devices }), BEGIN_AT_ONCE, async (_none, index) => {
    await itsTurn(index, rate, from);
    await wait();
  });
  // Each has been polled for once then.
  await sleep(interval * 1_000 + 1_000);
  const since = Date.now();
  const spent = await spending(temporal, pids);
  await sleep(seconds * 1_000);
  const used = await spent();
  const intervalMs = interval * 1_000;
  const polls = await pollsSince(since - 2 * intervalMs);
  const costs = each(used, pollsWithin(polls, since, seconds).length);
  return {
    ...pollFigures(polls, { since, seconds, devices, intervalMs }),
    ...perPoll(costs),
    ...aSecond(used),
  };
}

export async function measureContacts(
  { contact, pids }: Running,
  { temporal }: Processes,
  { contacts, 'at-once': atOnce }: PeersOptions,
): Promise<Figures | undefined> {
  if (!contact) return undefined;
  const spent = await spending(temporal, pids);
  const from = performance.now();
  const ms = await inParallel(Array.from({ length: contacts }), atOnce, async () => timed(contact));
  const perSecond = contacts / ((performance.now() - from) / 1_000);
  return { 'a second': perSecond, ...percentiles(ms), ...each(await spent(), contacts) };
}

function means(rounds: readonly Figures[]): Figures {
  const [first = {}] = rounds;
  return Object.fromEntries(
    Object.keys(first).map((name) => [
      name,
      rounds.reduce((sum, figures) => sum + (figures[name] ?? Number.NaN), 0) / rounds.length,
    ]),
  );
}

async function drawn(
  { write }: Options,
  file: string,
  title: string,
  figure: string,
  byDesign: Record<string, Figures>,
): Promise<void> {
  if (write === undefined) return;
  const all = Object.entries(byDesign).map(([name, figures]) => ({
    name,
    value: figures[figure] ?? Number.NaN,
    ours: name === WAITING[0]?.name,
  }));
  await mkdir(write, { recursive: true });
  await writeFile(join(write, file), bars(title, 'CPU ms of all processes', all));
}
