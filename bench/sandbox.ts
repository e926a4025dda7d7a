import { fileURLToPath } from 'node:url';
import type { Fault, SandboxOptions } from '../src/sandbox/index.ts';
import { forkProgram } from './forked.ts';
import type { Polls, SandboxQuestion, SandboxReady } from './sandbox-process.ts';

/** A sandbox in a process of its own. */
export interface ForkedSandbox extends SandboxReady {
  pid: number;
  /** When codes were asked for since a moment, ms since the epoch. */
  pollsSince: (since: number) => Promise<[code: string, at: number][]>;
  /** What goes wrong from now on, instead of what did. */
  faults: (faults: Fault[]) => Promise<void>;
  stop: () => Promise<void>;
}

const PROGRAM = fileURLToPath(new URL('./sandbox-process.ts', import.meta.url));

/** Starts it. It ends with this process, too. */
export async function forkSandbox(options: SandboxOptions = {}): Promise<ForkedSandbox> {
  const env = { SANDBOX_OPTIONS: JSON.stringify(options) };
  const forked = await forkProgram<SandboxReady>(PROGRAM, env);
  const ask = async <A>(question: SandboxQuestion) => forked.ask<A>(question);
  return {
    ...forked.ready,
    pid: forked.pid,
    pollsSince: async (since) => (await ask<Polls>({ pollsSince: since })).polls,
    faults: async (faults) => void (await ask({ faults })),
    stop: forked.kill,
  };
}
