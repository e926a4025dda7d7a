import { ROOM } from '../../src/workflows/search-attributes.ts';
import type { SpawnedWorker } from './spawned-worker.ts';
import type { System } from './system.ts';

/** The worker in whose room the device waits now. */
export async function holderOfWait(
  { client, workers }: System,
  workflowId: string,
): Promise<SpawnedWorker | undefined> {
  const { typedSearchAttributes } = await client.workflow.getHandle(workflowId).describe();
  const room = typedSearchAttributes.get(ROOM);
  return workers.find(({ pid }) => room?.startsWith(`${pid}-`));
}

/** The worker that has the device's workflow in its memory, and so is asked first. */
export async function holderOfWorkflow(
  { client, workers }: System,
  workflowId: string,
): Promise<SpawnedWorker | undefined> {
  const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
  const started = (events ?? []).map((event) => event.workflowTaskStartedEventAttributes);
  // The task of an update under way is listed too, though not yet with a name.
  const identities = started.flatMap((task) => (task?.identity ? [task.identity] : []));
  return named(workers, identities.at(-1));
}

/** The SDK calls a worker `pid@host`. */
function named(
  workers: readonly SpawnedWorker[],
  identity: string | null | undefined,
): SpawnedWorker | undefined {
  return workers.find(({ pid }) => identity?.startsWith(`${pid}@`));
}
