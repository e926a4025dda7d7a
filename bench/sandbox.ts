import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { PollsSince, SandboxMessage } from './sandbox-process.ts';

/** A sandbox in a process of its own. */
export interface ForkedSandbox {
  pid: number;
  url: string;
  softwareStatement: string;
  /** When codes were asked for since a moment, ms since the epoch. */
  pollsSince: (since: number) => Promise<[code: string, at: number][]>;
  stop: () => Promise<void>;
}

const PROGRAM = fileURLToPath(new URL('./sandbox-process.ts', import.meta.url));

/** Starts it. It ends with this process, too. */
export async function forkSandbox(): Promise<ForkedSandbox> {
  const child = fork(PROGRAM, { execArgv: ['--import', 'tsx'] });
  const next = async <K extends SandboxMessage['kind']>(kind: K) => {
    const [message] = (await once(child, 'message')) as [SandboxMessage];
    if (message.kind !== kind)
      throw new Error(`the sandbox said ${message.kind} instead of ${kind}`);
    return message as Extract<SandboxMessage, { kind: K }>;
  };
  const { url, softwareStatement } = await next('ready');
  return {
    pid: child.pid ?? 0,
    url,
    softwareStatement,
    async pollsSince(since) {
      const answer = next('polls');
      child.send({ pollsSince: since } satisfies PollsSince);
      return (await answer).polls;
    },
    async stop() {
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
  };
}
