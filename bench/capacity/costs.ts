import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** Measured values; a test compares what the documentation says with what the model makes of them. */
export const COSTS_FILE = new URL('../../docs/bench/costs.json', import.meta.url);

const amount = z.number().nonnegative();
const positive = z.number().positive();

/** What doing a thing once costs. */
const costSchema = z.strictObject({
  /** CPU time, ms, all threads of a process. */
  cpuMs: z.strictObject({ worker: amount, server: amount, database: amount }),
  /** Transactions that the database commits. */
  transactions: amount,
  /** Billable actions on Temporal Cloud: `billableActions` of a history, and what leaves no event. */
  actions: amount,
  /** History events. */
  events: amount,
});

/** Rates are a second. What is left out did not happen. */
export const loadSchema = z.strictObject({
  /** Devices that show a code and are polled for. */
  waiting: amount.default(0),
  pollIntervalS: positive.default(15),
  codes: amount.default(0),
  signIns: amount.default(0),
  authorizes: amount.default(0),
  logouts: amount.default(0),
  furtherCodes: amount.default(0),
  handOvers: amount.default(0),
  replays: amount.default(0),
});

const pointSchema = z.strictObject({
  name: z.string().min(1),
  /** Worker processes. */
  processes: z.int().positive().default(1),
  load: loadSchema,
  /** Cores that were busy; without those that nobody looked at. */
  cores: z.strictObject({
    worker: positive.optional(),
    server: positive.optional(),
    database: positive.optional(),
  }),
  /** A second. */
  transactions: positive.optional(),
});

const costsSchema = z.strictObject({
  /** What in this file was not measured in one run, and why. Absent when all was. */
  placeholder: z.string().optional(),
  measured: z.strictObject({
    date: z.iso.date(),
    machine: z.string(),
    node: z.string(),
    temporal: z.string(),
    sdk: z.string(),
    database: z.string(),
  }),
  operations: z.strictObject({
    /** One question to Adobe for a device that waits. */
    poll: costSchema,
    /** A first contact: `authenticate` up to the code. */
    code: costSchema,
    /** From the browser's return, or the poll that found the login, to signed in. */
    signIn: costSchema,
    authorize: costSchema,
    logout: costSchema,
    /** A code that ran out and the one after it, with somebody there. */
    furtherCode: costSchema,
    /** A device that waited in a room that is gone enters another, its replay included. */
    handOver: costSchema,
    /** What a task costs more whose workflow is not in memory any more. */
    replay: costSchema,
    /** One heartbeat of a room. */
    beat: costSchema,
  }),
  /** With nothing to do: cores of one worker process, of the server and of the database. */
  idle: z.strictObject({
    worker: amount,
    server: amount,
    database: amount,
    /** A second, of a server with one worker. */
    transactions: amount,
  }),
  /** Of a worker process, MB of resident memory. */
  memory: z.strictObject({ baseMb: positive, perWaitingMb: amount, perCachedMb: amount }),
  /** History of a device that has signed in and played, kB: `historySizeBytes` of its description. */
  historyKb: positive,
  /** How long the database takes for one transaction of the history service, in ms. */
  transactionMs: positive,
  /** Devices of a room that is gone which one worker process takes in a second. */
  takenInPerS: positive,
  points: z.array(pointSchema).min(2),
});

export type Costs = z.infer<typeof costsSchema>;
export type Cost = z.infer<typeof costSchema>;
export type Load = z.infer<typeof loadSchema>;
export type Point = z.infer<typeof pointSchema>;

/** @throws Error that names what is wrong with the file */
export function readCosts(file: URL = COSTS_FILE): Costs {
  const parsed = costsSchema.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  if (parsed.success) return parsed.data;
  throw new Error(`${file.pathname}: ${z.prettifyError(parsed.error).replaceAll('\n', ' ')}`);
}
