import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { CommandError } from '../fail.ts';

/** An agent in a process of its own. */
export interface AgentProcess {
  pid: number;
  stop: () => Promise<void>;
}

const PROGRAM = fileURLToPath(new URL('../../../bin/devicepass.js', import.meta.url));
const READY_WITHIN_MS = 60_000;

/**
 * Starts `devicepass agent` and waits until it listens.
 *
 * @throws CommandError with the last line that it wrote when it does not start
 */
export async function startAgentProcess(env: NodeJS.ProcessEnv): Promise<AgentProcess> {
  const child = spawn(process.execPath, [PROGRAM, 'agent'], {
    env: { ...withoutAgentSettings(process.env), ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const leave = () => child.kill('SIGKILL');
  process.once('exit', leave);
  await untilReady(child);
  return {
    pid: child.pid ?? 0,
    async stop() {
      process.off('exit', leave);
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.kill('SIGTERM');
      await gone;
    },
  };
}

async function untilReady(child: ChildProcess): Promise<void> {
  if (!child.stderr) throw new Error('the agent has no standard error');
  const lines = createInterface({ input: child.stderr });
  let last = 'it wrote nothing';
  await new Promise<void>((resolve, reject) => {
    const fail = (why: string) => reject(new CommandError(`an agent ${why}: ${last}`));
    const timer = setTimeout(() => fail('did not start in time'), READY_WITHIN_MS);
    // Read on after it runs, or the pipe would fill up.
    lines.on('line', (line) => {
      last = line;
      if (!line.includes('"agent runs"')) return;
      clearTimeout(timer);
      resolve();
    });
    child.once('exit', () => {
      clearTimeout(timer);
      fail('ended');
    });
  });
}

/** Settings of a real agent in this environment are not the demo's. */
function withoutAgentSettings(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('AEM_HOST_')));
}
