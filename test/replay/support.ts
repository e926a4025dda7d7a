import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { DefaultLogger, Worker, type WorkflowBundle } from '@temporalio/worker';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import type { HistoryJson } from '../../scripts/histories/clean.ts';
import { sharedTemporal } from '../support/stack.ts';

const folder = new URL('../../histories/', import.meta.url);

/** Every recorded history, by its file. */
export function historyFiles(): string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => new URL(file, folder).pathname);
}

/** A history as recorded. */
export function readHistory(file: string): HistoryJson {
  return JSON.parse(readFileSync(file, 'utf8')) as HistoryJson;
}

/** The file of a scenario; of its first run where it has several. */
export function historyOf(scenario: string): HistoryJson {
  const file = historyFiles().find((path) => scenarioOf(path) === scenario);
  if (!file) throw new Error(`no history of ${scenario}: npm run histories`);
  return readHistory(file);
}

/** `continued-as-new.2.json` is a run of `continued-as-new`. */
export function scenarioOf(file: string): string {
  return basename(file).split('.')[0] ?? '';
}

/**
 * Runs a history against workflow code: the present one, or the bundle given.
 *
 * @throws DeterminismViolationError when that code would have done something else
 */
export async function replayFile(file: string, bundle?: WorkflowBundle): Promise<void> {
  // The shared bundle comes with the test run's one runtime, which may be installed only once.
  const shared = await sharedTemporal();
  await Worker.runReplayHistory(
    { workflowBundle: bundle ?? shared.bundle, replayName: 'recorded' },
    historyFromJSON(readHistory(file)),
    basename(file),
  );
}

/** The attributes of every event of one type, in order. The type as JSON has it, without prefix. */
export function eventsOf(
  { events }: HistoryJson,
  type: string,
): (Record<string, unknown> & { at: number })[] {
  return events.flatMap((event, at) => {
    if (event['eventType'] !== `EVENT_TYPE_${type}`) return [];
    const attributes = Object.entries(event).find(([key]) => key.endsWith('EventAttributes'));
    return [{ ...(attributes?.[1] as object), at }];
  });
}

/** A value inside an event, by its path. */
export function at(value: unknown, ...path: string[]): unknown {
  return path.reduce((inner, key) => (inner as Record<string, unknown> | undefined)?.[key], value);
}

/** Keeps the bundler of test fixtures quiet. */
export const quiet = new DefaultLogger('ERROR');
