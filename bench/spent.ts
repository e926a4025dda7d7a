import { Client as Postgres } from 'pg';
import type { Figures } from './report.ts';
import type { BenchTemporal } from './temporal/server.ts';
import { meter, type Usage } from './usage.ts';

/** What was spent between two moments. */
export interface Spent {
  seconds: number;
  /** CPU seconds, and memory at the end, by process. */
  used: Map<string, Usage>;
  /** Commits of Temporal's databases and what they wrote, where they are ours. */
  database?: { commits: number; walMb: number };
  /** Billable at Temporal Cloud, by kind; without a server of ours it can't be known. */
  actions?: Map<string, number>;
}

/** Begins to measure these processes; the answer ends it. */
export async function spending(
  temporal: BenchTemporal,
  pids: Record<string, number | undefined>,
): Promise<() => Promise<Spent>> {
  const [actionsBefore, databaseBefore] = [await temporal.actions?.(), await written(temporal)];
  const used = await meter({ ...pids, ...temporal.pids });
  const from = performance.now();
  return async () => {
    const now = await used.read();
    const seconds = (performance.now() - from) / 1_000;
    const [database, actions] = [await written(temporal), await temporal.actions?.()];
    return {
      seconds,
      used: now,
      ...(actions && actionsBefore ? { actions: more(actions, actionsBefore) } : {}),
      ...(database && databaseBefore
        ? {
            database: {
              commits: database.commits - databaseBefore.commits,
              walMb: database.walMb - databaseBefore.walMb,
            },
          }
        : {}),
    };
  };
}

function more(now: Map<string, number>, before: Map<string, number>): Map<string, number> {
  const since = [...now].map(([kind, count]) => [kind, count - (before.get(kind) ?? 0)] as const);
  return new Map(since.filter(([, count]) => count > 0));
}

async function written({ database }: BenchTemporal): Promise<Spent['database']> {
  if (database === undefined) return undefined;
  const client = new Postgres({ connectionString: `${database}/temporal` });
  await client.connect();
  try {
    const { rows } = await client.query<{ commits: string; bytes: string }>(
      `SELECT (SELECT sum(xact_commit) FROM pg_stat_database) AS commits,
              (SELECT wal_bytes FROM pg_stat_wal) AS bytes`,
    );
    return { commits: Number(rows[0]?.commits), walMb: Number(rows[0]?.bytes) / 1024 / 1024 };
  } finally {
    await client.end();
  }
}

/** Cores and memory by process, and what the database and the bill see a second. */
export function aSecond({ seconds, used, database, actions }: Spent): Figures {
  const cores = [...used].map(([who, { cpuS }]) => [`cores of ${who}`, cpuS / seconds] as const);
  const memory = [...used].map(([who, { memoryMb }]) => [`MB of ${who}`, memoryMb] as const);
  return {
    ...Object.fromEntries(cores),
    'cores of all': cpuOf(used) / seconds,
    ...Object.fromEntries(memory),
    ...(database
      ? {
          'database commits a second': database.commits / seconds,
          'WAL MB a second': database.walMb / seconds,
        }
      : {}),
    ...(actions ? { 'billable actions a second': sum(actions) / seconds } : {}),
  };
}

/** The same for each of so many things that were done meanwhile. */
export function each({ used, database, actions }: Spent, count: number): Figures {
  const cpu = [...used].map(
    ([who, { cpuS }]) => [`CPU ms of ${who}`, (cpuS * 1_000) / count] as const,
  );
  return {
    ...Object.fromEntries(cpu),
    'CPU ms of all': (cpuOf(used) * 1_000) / count,
    ...(database
      ? {
          'database commits': database.commits / count,
          'WAL KB': (database.walMb * 1_024) / count,
        }
      : {}),
    ...(actions ? { 'billable actions': sum(actions) / count } : {}),
  };
}

function cpuOf(used: Map<string, Usage>): number {
  return [...used.values()].reduce((all, { cpuS }) => all + cpuS, 0);
}

function sum(counts: Map<string, number>): number {
  return [...counts.values()].reduce((all, count) => all + count, 0);
}
