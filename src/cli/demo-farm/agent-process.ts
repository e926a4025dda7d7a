import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { CommandError } from '../fail.ts';

/** An agent in a process of its own. */
export interface AgentProcess {
  pid: number;
  /** Resolves when it listens; rejects with a CommandError when it does not start. */
  ready: Promise<void>;
  stop: () => Promise<void>;
}

const PROGRAM = fileURLToPath(new URL('../../../bin/devicepass.js', import.meta.url));
const READY_WITHIN_MS = 60_000;
const ENDS_WITHIN_MS = 4_000;

/** Starts `devicepass agent`. */
export function startAgentProcess(env: NodeJS.ProcessEnv): AgentProcess {
  const child = spawn(process.execPath, [PROGRAM, 'agent'], {
    env: { ...withoutAgentSettings(process.env), ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const leave = () => child.kill('SIGKILL');
  process.once('exit', leave);
  const gone = once(child, 'exit');
  return {
    pid: child.pid ?? 0,
    ready: untilReady(child),
    async stop() {
      child.kill('SIGTERM');
      // An agent whose Temporal has gone first takes its time.
      const timer = setTimeout(leave, ENDS_WITHIN_MS);
      await gone;
      clearTimeout(timer);
      process.off('exit', leave);
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
