import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A worker in a process of its own. */
export interface SpawnedWorker {
  pid: number;
  /** The name of its waiting room. */
  room: string;
  /** Crashes it: no chance to tidy up. */
  kill: () => Promise<void>;
  /** Asks it to stop, as an orchestrator does; answers with its exit code and how long it took. */
  terminate: () => Promise<{ code: number | null; ms: number }>;
}

const PROGRAM = fileURLToPath(new URL('./worker-process.ts', import.meta.url));
/** It bundles the workflows first, which takes seconds on a busy machine. */
const READY_WITHIN_MS = 90_000;
const KEPT_LINES = 20;

/** Starts a worker with these settings and waits until it runs. */
export async function spawnWorker(settings: NodeJS.ProcessEnv): Promise<SpawnedWorker> {
  const child = spawn(process.execPath, ['--import', 'tsx', PROGRAM], {
    env: { ...process.env, ...settings },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const room = await untilReady(child).catch((error: unknown) => {
    child.kill('SIGKILL');
    throw error;
  });
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
  };
  return {
    pid: child.pid ?? 0,
    room,
    kill: () => end('SIGKILL'),
    async terminate() {
      const from = performance.now();
      await end('SIGTERM');
      return { code: child.exitCode, ms: Math.round(performance.now() - from) };
    },
  };
}

async function untilReady(child: ChildProcess): Promise<string> {
  const { stderr } = child;
  if (!stderr) throw new Error('the worker has no standard error');
  const last: string[] = [];
  const lines = createInterface({ input: stderr });
  return new Promise<string>((resolve, reject) => {
    const fail = (why: string) => reject(new Error(`${why}; its last lines:\n${last.join('\n')}`));
    const timer = setTimeout(() => fail('the worker did not start in time'), READY_WITHIN_MS);
    // Read on after it runs, or the pipe would fill up.
    lines.on('line', (line) => {
      last.splice(0, last.length, ...last.slice(1 - KEPT_LINES), line);
      if (!line.includes('"worker runs"')) return;
      clearTimeout(timer);
      resolve((JSON.parse(line) as { room: string }).room);
    });
    child.once('error', reject);
    child.once('exit', (code) => {
      clearTimeout(timer);
      fail(`the worker ended with code ${String(code)}`);
    });
  });
}
