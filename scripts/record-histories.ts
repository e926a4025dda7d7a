// Records the histories that `test/replay` replays: each scenario against the sandbox and a real
// Temporal server. `npm run histories`, after a change of workflow code that is meant to be
// incompatible with running devices; otherwise the old histories have to replay, and stay. Names of
// scenarios (`npm run histories -- keysRolledOut`) record only those.
import { readdir, rm, writeFile } from 'node:fs/promises';
import type { Client } from '@temporalio/client';
import {
  type History,
  historyFromJSON,
  historyToJSON,
} from '@temporalio/common/lib/proto-utils.js';
import { Worker } from '@temporalio/worker';
import { sharedTemporal, startStack, stopShared } from '../test/support/stack.ts';
import { clean, type HistoryJson } from './histories/clean.ts';
import { type Scenario, scenarios } from './histories/scenarios.ts';

const folder = new URL('../histories/', import.meta.url);

/**
 * A history has to replay against the very code that made it: what doesn't is no recording to keep
 * but a race in the workflow, which would stop a device at the next restart of a worker.
 *
 * @throws Error that names the file
 */
async function mustReplay(file: string, history: HistoryJson): Promise<void> {
  const { bundle } = await sharedTemporal();
  try {
    const options = { workflowBundle: bundle, replayName: 'recording' };
    await Worker.runReplayHistory(options, historyFromJSON(history), file);
  } catch (error) {
    throw new Error(`${file} does not replay against the code that made it`, { cause: error });
  }
}

/** Every run of a workflow, oldest first. */
async function runsOf(client: Client, workflowId: string): Promise<History[]> {
  const last = await client.workflow.getHandle(workflowId).fetchHistory();
  let runId = last.events?.[0]?.workflowExecutionStartedEventAttributes?.firstExecutionRunId;
  const runs: History[] = [];
  while (runId) {
    const run = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    runs.push(run);
    runId = run.events?.at(-1)?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId;
  }
  return runs;
}

async function record({ options, play }: Scenario): Promise<[string, HistoryJson][]> {
  const stack = await startStack(options);
  try {
    const kept = Object.entries(await play(stack));
    const secrets = [...stack.sandbox.secrets(), stack.keys.export().split(':')[1] ?? ''];
    const recorded: [string, HistoryJson][] = [];
    for (const [name, workflowId] of kept) {
      const runs = await runsOf(stack.client, workflowId);
      for (const [index, run] of runs.entries()) {
        const file = runs.length === 1 ? `${name}.json` : `${name}.${index + 1}.json`;
        const history = clean(historyToJSON(run), secrets);
        await mustReplay(file, history);
        recorded.push([file, history]);
      }
    }
    return recorded;
  } finally {
    // A scenario may have put a worker of its own in the place of the first.
    await stack.worker.stop();
    await stack.stop();
  }
}

/** Puts new histories in the place of the old ones of the same scenario. */
async function write(recorded: readonly [string, HistoryJson][]): Promise<void> {
  const scenarioOf = (file: string) => file.split('.')[0];
  const names = recorded.map(([file]) => scenarioOf(file));
  for (const file of await readdir(folder)) {
    if (names.includes(scenarioOf(file))) await rm(new URL(file, folder));
  }
  for (const [file, history] of recorded) {
    await writeFile(new URL(file, folder), `${JSON.stringify(history, null, 1)}\n`);
  }
}

const only = process.argv.slice(2);

try {
  for (const scenario of scenarios) {
    if (only.length > 0 && !only.includes(scenario.play.name)) continue;
    try {
      const recorded = await record(scenario);
      await write(recorded);
      console.log(`recorded ${recorded.map(([file]) => file).join(', ')}`);
    } catch (error) {
      // The others go on; the old history of this one stays.
      console.error(error);
      process.exitCode = 1;
    }
  }
} finally {
  await stopShared();
}
