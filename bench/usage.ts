import { readdir, readFile } from 'node:fs/promises';

/** What a process and its children have used so far: CPU seconds, and memory in MB now. */
export interface Usage {
  cpuS: number;
  memoryMb: number;
}

/** `USER_HZ`, which Linux fixes for `/proc`. */
const TICKS_PER_S = 100;

/**
 * Of a process with all its children, those that have ended too. Linux only: not a number elsewhere,
 * or for a process that isn't ours.
 */
export async function usageOf(pid: number | undefined): Promise<Usage> {
  try {
    const tree = await treeOf(String(pid));
    const [own, ...others] = tree.map(async (one) => ownUsage(one, tree.length > 1));
    // One that has ended meanwhile is in its parent's time from then on.
    const children = others.map(async (usage) => usage.catch(() => ({ cpuS: 0, memoryMb: 0 })));
    const usages = await Promise.all([own ?? Promise.reject(new Error('no process')), ...children]);
    return {
      cpuS: usages.reduce((sum, { cpuS }) => sum + cpuS, 0),
      memoryMb: usages.reduce((sum, { memoryMb }) => sum + memoryMb, 0),
    };
  } catch {
    return { cpuS: Number.NaN, memoryMb: Number.NaN };
  }
}

/** A process and those it started, and so on. */
async function treeOf(pid: string): Promise<string[]> {
  const threads = await readdir(`/proc/${pid}/task`);
  const children = await Promise.all(
    threads.map(async (thread) =>
      readFile(`/proc/${pid}/task/${thread}/children`, 'utf8').catch(() => ''),
    ),
  );
  const pids = children.flatMap((text) => text.trim().split(' ')).filter(Boolean);
  return [pid, ...(await Promise.all(pids.map(async (child) => treeOf(child)))).flat()];
}

async function ownUsage(pid: string, shared: boolean): Promise<Usage> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  // The name in parentheses may hold blanks: count from behind it (proc_pid_stat: 14 to 17).
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  // Processes of one program share pages, which must not count for each of them.
  const memory = shared
    ? /^Pss:\s+(\d+)/m.exec(await readFile(`/proc/${pid}/smaps_rollup`, 'utf8'))
    : /^VmRSS:\s+(\d+)/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'));
  return { cpuS: ticks / TICKS_PER_S, memoryMb: Number(memory?.[1]) / 1024 };
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
      const since = [...now].map(([name, { cpuS, memoryMb }]): [string, Usage] => [
        name,
        { cpuS: cpuS - (begin.get(name)?.cpuS ?? Number.NaN), memoryMb },
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
