import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

/** A program of the benchmarks in a process of its own. It ends with this one, too. */
export interface Forked<Ready> {
  pid: number;
  /** What it said when it was ready. */
  ready: Ready;
  /** Asks, and waits for the answer. One question at a time. */
  ask: <A>(question: object) => Promise<A>;
  /** Ends it without a chance to tidy up. */
  kill: () => Promise<void>;
}

/** Starts a program that says when it is ready, and answers each message with one (`answering`). */
export async function forkProgram<Ready>(
  program: string,
  env: NodeJS.ProcessEnv = {},
): Promise<Forked<Ready>> {
  const child = fork(program, {
    execArgv: ['--import', 'tsx'],
    env: { ...process.env, ...env },
  });
  return {
    pid: child.pid ?? 0,
    ready: await nextMessage<Ready>(child, program),
    async ask(question) {
      const answer = nextMessage(child, program);
      child.send(question);
      return (await answer) as never;
    },
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
  };
}

async function nextMessage<T>(child: ChildProcess, program: string): Promise<T> {
  const ended = new AbortController();
  const gone = once(child, 'exit', { signal: ended.signal }).then(([code]) => {
    throw new Error(`${program} ended with code ${String(code)}`);
  });
  const heard = once(child, 'message', { signal: ended.signal });
  // Whichever comes second is nobody's any more.
  gone.catch(() => {});
  heard.catch(() => {});
  try {
    const [message] = (await Promise.race([heard, gone])) as [T];
    return message;
  } finally {
    ended.abort();
  }
}

/** The other side: says that it is ready, answers what it is asked, and ends with its parent. */
export function answering(
  ready: object,
  answer: (question: never) => object | Promise<object>,
): void {
  process.on('message', (question: unknown) => {
    void (async () => process.send?.(await answer(question as never)))();
  });
  process.once('disconnect', () => process.exit());
  process.send?.(ready);
}
