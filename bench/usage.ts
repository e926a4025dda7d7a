import { readFile } from 'node:fs/promises';
import { loadavg } from 'node:os';

/** What a process has used so far: CPU seconds, and memory in MB now. */
export interface Usage {
  cpuS: number;
  rssMb: number;
}

/** `USER_HZ`, which Linux fixes for `/proc`. */
const TICKS_PER_S = 100;

/** Linux only: not a number elsewhere, or for a process that isn't ours. */
export async function usageOf(pid: number | undefined): Promise<Usage> {
  try {
    const stat = await readFile(`/proc/${String(pid)}/stat`, 'utf8');
    // The name in parentheses may hold blanks: count from behind it (proc_pid_stat: 14 and 15).
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const status = await readFile(`/proc/${String(pid)}/status`, 'utf8');
    return {
      cpuS: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_S,
      rssMb: Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024,
    };
  } catch {
    return { cpuS: Number.NaN, rssMb: Number.NaN };
  }
}

/** CPU by process between two moments. */
export interface Meter {
  /** CPU seconds since the meter began, and memory now; without processes that aren't ours. */
  read: () => Promise<Map<string, Usage>>;
}

/** Begins to measure processes, by names for people. */
export async function meter(pids: Record<string, number | undefined>): Promise<Meter> {
  const begin = await usagesOf(pids);
  return {
    async read() {
      const now = await usagesOf(pids);
      const since = [...now].map(([name, { cpuS, rssMb }]): [string, Usage] => [
        name,
        { cpuS: cpuS - (begin.get(name)?.cpuS ?? Number.NaN), rssMb },
      ]);
      return new Map(since.filter(([, { cpuS }]) => !Number.isNaN(cpuS)));
    },
  };
}

async function usagesOf(pids: Record<string, number | undefined>): Promise<Map<string, Usage>> {
  const entries = Object.entries(pids).map(async ([name, pid]): Promise<[string, Usage]> => [
    name,
    await usageOf(pid),
  ]);
  return new Map(await Promise.all(entries));
}

/** How busy the machine was in the last minute, to be read beside a figure. */
export function load(): string {
  const [minute = 0] = loadavg();
  return `load of the machine ${minute.toFixed(1)}`;
}
