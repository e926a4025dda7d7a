import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/**
 * A process that is replaced whenever it dies, by one that has been waiting for that: loading takes
 * seconds, and is not what is tested.
 */
export interface Kept {
  /** How often it died. */
  deaths: () => number;
  kill: () => void;
  /** Nobody replaces it from now on. */
  abandon: () => void;
  stop: () => Promise<void>;
}

export interface KeptOptions {
  program: string;
  env: NodeJS.ProcessEnv;
  /** Called before a replacement starts. */
  onDeath?: () => void;
}

export async function keepRunning({ program, env, onDeath }: KeptOptions): Promise<Kept> {
  const path = fileURLToPath(new URL(program, import.meta.url));
  const all = new Set<ChildProcess>();
  let stopping = false;
  let deaths = 0;

  const spare = async (): Promise<ChildProcess> => {
    const child = spawn(process.execPath, ['--import', 'tsx', path], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    all.add(child);
    child.once('exit', () => all.delete(child));
    await once(child, 'message');
    return child;
  };
  let next = spare();
  let current: ChildProcess | undefined;
  const start = async () => {
    const child = await next;
    next = spare();
    if (stopping) return;
    current = child;
    child.once('exit', () => {
      if (stopping) return;
      deaths += 1;
      onDeath?.();
      void start();
    });
    child.send('start');
  };
  await start();
  return {
    deaths: () => deaths,
    kill: () => void current?.kill('SIGKILL'),
    abandon: () => (stopping = true),
    async stop() {
      stopping = true;
      await next;
      const gone = [...all].map(async (child) => {
        const exit = once(child, 'exit');
        child.kill('SIGKILL');
        await exit;
      });
      await Promise.all(gone);
    },
  };
}
