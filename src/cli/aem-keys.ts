import { constants } from 'node:os';
import { type Client, type WorkflowHandle, WorkflowNotFoundError } from '@temporalio/client';
import type { Command } from 'commander';
import { approve, pause, resume, rolloutId } from '../workflows/key-rollout/messages.ts';
import type { keyRollout } from '../workflows/index.ts';
import { readFarm } from './aem-keys/farm-file.ts';
import { followRollout, type RolloutEnd } from './aem-keys/follow.ts';
import { startRollout } from './aem-keys/start.ts';
import { withTemporal } from './aem-keys/temporal.ts';
import { KeyRing } from '../sealing/index.ts';
import { CommandError } from './fail.ts';

interface RolloutFlags {
  farm: string;
  dryRun: boolean;
  force: boolean;
  approveEach: boolean;
}

/** Exit codes of `rollout` and `status`; anything refused before a change is 1. */
const EXIT_CODES: Record<string, number> = {
  worked: 0,
  refused: 1,
  rolled_back: 2,
  needs_attention: 3,
};

/** `devicepass aem keys`: one pair of keys for a publish farm. */
export function addAemKeys(aem: Command): void {
  const keys = aem
    .command('keys')
    .description('one pair of keys, so that a login counts everywhere');

  keys
    .command('rollout')
    .description('gives all instances the keys of one, and switches encapsulated tokens on')
    .requiredOption('--farm <file>', 'the farm: name, source, hosts')
    .option('--dry-run', 'looks only, and says what would be done', false)
    .option('--force', 'goes on although values encrypted with an old key become unreadable', false)
    .option('--approve-each', 'waits for `approve` before each instance', false)
    .action(async ({ farm: file, ...flags }: RolloutFlags) => {
      const request = { ...readFarm(file), ...flags };
      const ring = agentsRing(process.env['AEM_HOST_KEYS']);
      await withTemporal(whenBack(file), async (client) => {
        const queue = process.env['DEVICEPASS_TASK_QUEUE'] || 'devicepass';
        const { handle, joined } = await startRollout(client, queue, request, ring);
        if (joined) process.stdout.write('A roll-out of the same request runs already:\n');
        process.exitCode = await follow(handle, file);
      });
    });

  keys
    .command('status')
    .description('tells the story of the last roll-out of a farm; of one that runs, to its end')
    .requiredOption('--farm <file>', 'the farm')
    .action(async ({ farm }: { farm: string }) => {
      await withRollout(farm, async (handle) => {
        process.exitCode = await follow(handle, farm);
      });
    });

  keys
    .command('pause')
    .description('stops before the next instance')
    .requiredOption('--farm <file>', 'the farm')
    .action(async ({ farm }: { farm: string }) => {
      await withRollout(farm, async (handle) => answer(await handle.executeUpdate(pause)));
    });

  keys
    .command('resume')
    .description('goes on after a pause')
    .requiredOption('--farm <file>', 'the farm')
    .action(async ({ farm }: { farm: string }) => {
      await withRollout(farm, async (handle) => answer(await handle.executeUpdate(resume)));
    });

  keys
    .command('approve <step>')
    .description(
      'lets the step go on that waits, as `status` names it: an instance, `encapsulation:{instance}`, ...',
    )
    .requiredOption('--farm <file>', 'the farm')
    .action(async (step: string, { farm }: { farm: string }) => {
      await withRollout(farm, async (handle) =>
        answer(await handle.executeUpdate(approve, { args: [step] })),
      );
    });
}

/** Agents take orders from those who hold their ring, and from nobody else. */
function agentsRing(keys: string | undefined): KeyRing {
  if (keys) return KeyRing.parse(keys, 'AEM_HOST_KEYS');
  throw new CommandError(
    'AEM_HOST_KEYS is not set: give the ring of the agents, what they do is ordered with it',
  );
}

type Handle = WorkflowHandle<typeof keyRollout>;

function tell({ at, host, text }: { at: number; host?: string; text: string }): void {
  process.stdout.write(`${new Date(at).toISOString()}  ${(host ?? '').padEnd(12)}  ${text}\n`);
}

function answer(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Tells the story to its end, or until Ctrl+C, which ends the telling alone. */
async function follow(handle: Handle, file: string): Promise<number> {
  const leave = (signal: NodeJS.Signals) => {
    process.stderr.write(
      `devicepass: watches no more; ${goesOn(file)}; stop it with \`devicepass aem keys pause --farm ${file}\`, or put all back with \`temporal workflow cancel --workflow-id ${handle.workflowId}\`\n`,
    );
    process.exit(128 + constants.signals[signal]);
  };
  process.once('SIGINT', leave).once('SIGTERM', leave);
  try {
    return conclude(await followRollout(handle, tell));
  } finally {
    process.off('SIGINT', leave).off('SIGTERM', leave);
  }
}

function whenBack(file: string): string {
  return `the roll-out goes on when it is back: \`devicepass aem keys status --farm ${file}\``;
}

function goesOn(file: string): string {
  return `the roll-out goes on in Temporal, watch it with \`devicepass aem keys status --farm ${file}\``;
}

/** Prints how it ended, in one last line; the answer is the exit code. */
export function conclude(end: RolloutEnd): number {
  if ('report' in end) {
    const { outcome, changes, proof } = end.report;
    for (const change of changes) process.stdout.write(`  ${change}\n`);
    process.stdout.write(`${sentenceOf(outcome, changes.length, proof.length)}\n`);
    return 0;
  }
  for (const line of end.todo) process.stderr.write(`  to do by hand: ${line}\n`);
  const put = end.type === 'rolled_back' ? ' (everything was put back as it was)' : '';
  const open = end.type === 'needs_attention' ? ' (not everything could be put back)' : '';
  process.stderr.write(`devicepass: ${end.message}${put}${open}\n`);
  return EXIT_CODES[end.type] ?? 1;
}

function sentenceOf(
  outcome: 'done' | 'unchanged' | 'dry-run',
  changes: number,
  directions: number,
): string {
  switch (outcome) {
    case 'done':
      return `The farm has one pair of keys, and logins are honoured in all ${directions} directions.`;
    case 'unchanged':
      return `Nothing was to be done: logins are honoured in all ${directions} directions.`;
    case 'dry-run':
      if (changes === 0) return 'A dry run: nothing would be changed.';
      return `A dry run: ${changes} ${changes === 1 ? 'change' : 'changes'} would be made.`;
  }
}

/** The last roll-out of a farm; only where there was none, the last dry run. */
async function withRollout(file: string, work: (handle: Handle) => Promise<void>): Promise<void> {
  const { farm } = readFarm(file);
  await withTemporal(whenBack(file), async (client) => {
    try {
      await work(await lastRollout(client, farm));
    } catch (error) {
      throw oneLine(error, farm);
    }
  });
}

async function lastRollout(client: Client, farm: string): Promise<Handle> {
  const handle = client.workflow.getHandle<typeof keyRollout>(rolloutId(farm));
  try {
    await handle.describe();
    return handle;
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    return client.workflow.getHandle<typeof keyRollout>(rolloutId(farm, { dryRun: true }));
  }
}

/** What Temporal says when there is no such roll-out, or an update is refused. */
function oneLine(error: unknown, farm: string): unknown {
  if (!(error instanceof Error)) return error;
  if (error instanceof WorkflowNotFoundError) {
    return new CommandError(
      `no roll-out of ${farm} runs: start one with \`devicepass aem keys rollout\``,
    );
  }
  if (error.name === 'WorkflowUpdateFailedError') {
    return new CommandError(error.cause instanceof Error ? error.cause.message : error.message);
  }
  return error;
}
