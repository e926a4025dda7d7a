import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WorkflowBundle } from '@temporalio/worker';
import { startTemporal, type TemporalServer } from '../../src/cli/temporal-server.ts';
import { bundleWorkflows } from '../../src/workflow-bundle.ts';

/** Names the addresses of the servers and the bundle, for the processes that run test files. */
const ADDRESSES = 'TEST_TEMPORAL_ADDRESSES';
const BUNDLE = 'TEST_WORKFLOW_BUNDLE';

/** What processes that run test files side by side have been given. */
export interface SharedTemporals {
  servers: TemporalServer[];
  folder: string;
}

/**
 * A server for each of the processes, because many tests count or list what a namespace holds, and
 * the workflows bundled once for all.
 */
export async function shareTemporals(processes: number): Promise<SharedTemporals> {
  const folder = await mkdtemp(join(tmpdir(), 'devicepass-tests-'));
  const bundlePath = join(folder, 'workflow-bundle.js');
  const start = () => startTemporal({ onProgress: (message) => console.log(message) });
  // The first may have to be fetched or built; the others find it.
  const servers = [await start()];
  for (let more = 1; more < processes; more += 1) servers.push(await start());
  await writeFile(bundlePath, (await bundleWorkflows()).code);
  process.env[ADDRESSES] = servers.map(({ address }) => address).join(',');
  process.env[BUNDLE] = bundlePath;
  return { servers, folder };
}

/** Stops what `shareTemporals` started. */
export async function stopTemporals(given: SharedTemporals | undefined): Promise<void> {
  if (!given) return;
  await Promise.all(given.servers.map((server) => server.stop()));
  await rm(given.folder, { recursive: true, force: true });
}

/** This process's part of what is shared; undefined where it was started alone. */
export async function given(): Promise<
  { temporal: TemporalServer; bundle: WorkflowBundle } | undefined
> {
  const { [ADDRESSES]: addresses, [BUNDLE]: bundle, MOCHA_WORKER_ID: index } = process.env;
  const address = addresses?.split(',')[Number(index)];
  if (address === undefined || bundle === undefined) return undefined;
  return {
    temporal: { address, stop: async () => {} },
    bundle: { code: await readFile(bundle, 'utf8') },
  };
}
