import {
  type Fault,
  type Sandbox,
  type SandboxOptions,
  startSandbox,
} from '../src/sandbox/index.ts';
import { answering } from './forked.ts';

// The sandbox as a process of its own, so that its CPU time is not taken for another's. It asks for
// no mercy of callers: no throttle, for all of them may share one address here.

/** What it says when it is ready. */
export interface SandboxReady {
  url: string;
  softwareStatement: string;
}

/** When codes were asked for since a moment (ms since the epoch), or faults from now on. */
export type SandboxQuestion = { pollsSince: number } | { faults: Fault[] };

export interface Polls {
  polls: [code: string, at: number][];
}

const options = JSON.parse(process.env['SANDBOX_OPTIONS'] ?? '{}') as SandboxOptions;
const sandbox = await startSandbox({ throttle: false, ...options });
const ready: SandboxReady = {
  url: sandbox.url,
  softwareStatement: sandbox.softwareStatement(),
};
answering(ready, (question: SandboxQuestion): Polls | Record<string, never> => {
  if ('pollsSince' in question) return { polls: pollsOf(sandbox, question.pollsSince) };
  sandbox.faults.clear();
  for (const fault of question.faults) sandbox.faults.set(fault);
  return {};
});

function pollsOf({ requests }: Sandbox, since: number): [string, number][] {
  return requests
    .filter(({ operation, at }) => operation === 'profileByCode' && at >= since)
    .map(({ path, at }) => [path.slice(path.lastIndexOf('/') + 1), at]);
}
