import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import type { Command } from 'commander';
import { approve, pause, resume, rolloutId } from '../workflows/key-rollout/messages.ts';
import type { keyRollout } from '../workflows/index.ts';
import { readFarm } from './aem-keys/farm-file.ts';
import { followRollout, type RolloutEnd } from './aem-keys/follow.ts';
import { startRollout } from './aem-keys/start.ts';
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
      const farm = readFarm(file);
      await withTemporal(async (client) => {
        const queue = process.env['DEVICEPASS_TASK_QUEUE'] || 'devicepass';
        const handle = await startRollout(client, queue, { ...farm, ...flags });
        process.exitCode = conclude(await followRollout(handle, tell));
      });
    });

  keys
    .command('status')
    .description('tells the story of the last roll-out of a farm; of one that runs, to its end')
    .requiredOption('--farm <file>', 'the farm')
    .action(async ({ farm }: { farm: string }) => {
      await withRollout(farm, async (handle) => {
        process.exitCode = conclude(await followRollout(handle, tell));
      });
    });

  keys
    .command('pause')
    .description('stops before the next instance')
    .requiredOption('--farm <file>', 'the farm')
    .action(async ({ farm }: { farm: string }) => {
      await withRollout(farm, async (handle) => handle.executeUpdate(pause));
    });

  keys
    .command('resume')
    .description('goes on after a pause')
    .requiredOption('--farm <file>', 'the farm')
    .action(async ({ farm }: { farm: string }) => {
      await withRollout(farm, async (handle) => handle.executeUpdate(resume));
    });

  keys
    .command('approve <step>')
    .description(
      'lets the step go on that waits, as `status` names it: an instance, `encapsulation:{instance}`, ...',
    )
    .requiredOption('--farm <file>', 'the farm')
    .action(async (step: string, { farm }: { farm: string }) => {
      await withRollout(farm, async (handle) => handle.executeUpdate(approve, { args: [step] }));
    });
}

type Handle = WorkflowHandle<typeof keyRollout>;

function tell({ at, host, text }: { at: number; host?: string; text: string }): void {
  process.stdout.write(`${new Date(at).toISOString()}  ${(host ?? '').padEnd(12)}  ${text}\n`);
}

/** Prints how it ended, in one last line; the answer is the exit code. */
export function conclude(end: RolloutEnd): number {
  if ('report' in end) {
    const { outcome, changes, proof } = end.report;
    for (const change of changes) process.stdout.write(`  ${change}\n`);
    process.stdout.write(`${SENTENCES[outcome].replace('{n}', String(proof.length))}\n`);
    return 0;
  }
  for (const line of end.todo) process.stderr.write(`  to do by hand: ${line}\n`);
  const put = end.type === 'rolled_back' ? ' (everything was put back as it was)' : '';
  const open = end.type === 'needs_attention' ? ' (not everything could be put back)' : '';
  process.stderr.write(`devicepass: ${end.message}${put}${open}\n`);
  return EXIT_CODES[end.type] ?? 1;
}

const SENTENCES = {
  done: 'The farm has one pair of keys, and logins are honoured in all {n} directions.',
  unchanged: 'Nothing was to be done: logins are honoured in all {n} directions.',
  'dry-run': 'A dry run: nothing was changed.',
};

async function withRollout(file: string, work: (handle: Handle) => Promise<void>): Promise<void> {
  const { farm } = readFarm(file);
  await withTemporal(async (client) => {
    const handle = client.workflow.getHandle<typeof keyRollout>(rolloutId(farm));
    try {
      await work(handle);
    } catch (error) {
      throw oneLine(error, farm);
    }
  });
}

/** What Temporal says when there is no such roll-out, or an update is refused. */
function oneLine(error: unknown, farm: string): unknown {
  if (!(error instanceof Error)) return error;
  if (error.name === 'WorkflowNotFoundError') {
    return new CommandError(
      `no roll-out of ${farm} runs: start one with \`devicepass aem keys rollout\``,
    );
  }
  if (error.name === 'WorkflowUpdateFailedError') {
    return new CommandError(error.cause instanceof Error ? error.cause.message : error.message);
  }
  return error;
}

async function withTemporal(work: (client: Client) => Promise<void>): Promise<void> {
  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig();
  const connection = await Connection.connect(connectionOptions).catch(() => {
    const address = connectionOptions.address ?? 'localhost:7233';
    throw new CommandError(
      `Temporal at ${address} can't be reached: start it, or set TEMPORAL_ADDRESS`,
    );
  });
  try {
    await work(new Client({ connection, namespace }));
  } finally {
    await connection.close();
  }
}
