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

/** How busy the machine was in the last minute, to be read beside a figure. */
export function load(): string {
  const [minute = 0] = loadavg();
  return `load of the machine ${minute.toFixed(1)}`;
}
