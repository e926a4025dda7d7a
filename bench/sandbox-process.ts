import { type Sandbox, startSandbox } from '../src/sandbox/index.ts';

// The sandbox as a process of its own, so that its CPU time is not taken for another's. It asks for
// no mercy of callers: no throttle, for all of them may share one address here.

/** What this process tells its parent. */
export type SandboxMessage =
  | { kind: 'ready'; url: string; softwareStatement: string }
  | { kind: 'polls'; polls: [code: string, at: number][] };

/** What the parent asks: the polls of codes that arrived since this moment, ms since the epoch. */
export interface PollsSince {
  pollsSince: number;
}

const sandbox = await startSandbox({ throttle: false });
process.on('message', ({ pollsSince }: PollsSince) => {
  tell({ kind: 'polls', polls: pollsOf(sandbox, pollsSince) });
});
process.once('disconnect', () => {
  void sandbox.stop().then(() => process.exit());
});
tell({ kind: 'ready', url: sandbox.url, softwareStatement: sandbox.softwareStatement() });

function pollsOf({ requests }: Sandbox, since: number): [string, number][] {
  return requests
    .filter(({ operation, at }) => operation === 'profileByCode' && at >= since)
    .map(({ path, at }) => [path.slice(path.lastIndexOf('/') + 1), at]);
}

function tell(message: SandboxMessage): void {
  process.send?.(message);
}
