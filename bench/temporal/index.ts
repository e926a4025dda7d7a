import { readFile } from 'node:fs/promises';
import { freePort, startTemporal } from '../../src/cli/temporal-server.ts';
import { actionsAt, type BenchTemporal, type ServerKind } from './server.ts';
import { startOnPostgres } from './postgres.ts';

/**
 * The development server or one on PostgreSQL; the one at `TEMPORAL_ADDRESS` where that is set.
 *
 * @throws Error of one line that says what is missing
 */
export async function startBenchTemporal(
  kind: ServerKind,
  onProgress: (message: string) => void,
): Promise<BenchTemporal> {
  if (kind === 'postgres') return startOnPostgres(onProgress);
  const metrics = process.env['TEMPORAL_ADDRESS'] ? undefined : await freePort();
  const { address, stop } = await startTemporal({
    onProgress,
    ...(metrics === undefined ? {} : { metricsPort: metrics }),
  });
  const pid = await childRunning('start-dev');
  return {
    address,
    pids: { Temporal: pid },
    ...(metrics === undefined
      ? {}
      : { actions: async () => actionsAt(`http://127.0.0.1:${metrics}/metrics`) }),
    stop,
  };
}

/** The id of a child of this process that has this word in its command line (Linux only). */
async function childRunning(word: string): Promise<number | undefined> {
  try {
    const children = await readFile(`/proc/self/task/${process.pid}/children`, 'utf8');
    for (const pid of children.trim().split(' ')) {
      const command = await readFile(`/proc/${pid}/cmdline`, 'utf8');
      if (command.split('\0').includes(word)) return Number(pid);
    }
  } catch {
    // No such file system here, or a child that has just ended: no figure for it then.
  }
  return undefined;
}
