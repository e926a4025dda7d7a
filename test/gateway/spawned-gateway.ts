import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A gateway in a process of its own. */
export interface SpawnedGateway {
  child: ChildProcess;
  url: string;
  /** Crashes it: no chance to tidy up. */
  kill: () => Promise<void>;
  /** Asks it to stop, as an orchestrator does; answers with its exit code. */
  terminate: () => Promise<number | null>;
}

const PROGRAM = fileURLToPath(new URL('./gateway-process.ts', import.meta.url));
const READY_WITHIN_MS = 60_000;

/** Starts one with these settings (`GATEWAY_PORT` among them) and waits until it serves. */
export async function spawnGateway(
  settings: Record<string, string>,
  program = PROGRAM,
): Promise<SpawnedGateway> {
  const child = spawn(process.execPath, ['--import', 'tsx', program], {
    env: { ...process.env, DEVICEPASS_LOG_LEVEL: 'info', ...settings },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const gone = once(child, 'exit');
  try {
    await untilServing(child);
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill(signal);
      await gone;
    }
    return child.exitCode;
  };
  return {
    child,
    url: `http://127.0.0.1:${settings['GATEWAY_PORT'] ?? ''}`,
    async kill() {
      await end('SIGKILL');
    },
    terminate: () => end('SIGTERM'),
  };
}

async function untilServing(child: ChildProcess): Promise<void> {
  if (!child.stderr) throw new Error('the gateway has no standard error');
  const last: string[] = [];
  const lines = createInterface({ input: child.stderr });
  await new Promise<void>((resolve, reject) => {
    const fail = (why: string) => reject(new Error(`${why}; its last lines:\n${last.join('\n')}`));
    const timer = setTimeout(() => fail('the gateway did not start in time'), READY_WITHIN_MS);
    // Read on after it serves, or the pipe would fill up.
    lines.on('line', (line) => {
      last.splice(0, last.length, ...last.slice(-20), line);
      if (!line.includes('"gateway runs"')) return;
      clearTimeout(timer);
      resolve();
    });
    child.once('error', reject);
    child.once('exit', (code) => {
      clearTimeout(timer);
      fail(`the gateway ended with code ${String(code)}`);
    });
  });
}
