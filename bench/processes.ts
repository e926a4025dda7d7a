import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { connect, type DevicePass, KeyRing, readAemSettings } from '../src/client.ts';
import type { SandboxOptions } from '../src/sandbox/index.ts';
import { spawnWorker, type SpawnedWorker } from '../test/faults/spawned-worker.ts';
import type { Options } from './options.ts';
import { progress } from './report.ts';
import { type ForkedSandbox, forkSandbox } from './sandbox.ts';
import { spending, type Spent } from './spent.ts';
import { startBenchTemporal } from './temporal/index.ts';
import type { BenchTemporal } from './temporal/server.ts';

/** Temporal, the sandbox and workers, each a process of its own. */
export interface Processes {
  sandbox: ForkedSandbox;
  temporal: BenchTemporal;
  client: Client;
  /** A worker and a client on a task queue of their own. */
  backend: (options: BackendOptions) => Promise<Backend>;
  stop: () => Promise<void>;
}

export interface Backend {
  worker: SpawnedWorker;
  pass: DevicePass;
  taskQueue: string;
  /** One more worker of the same. */
  addWorker: () => Promise<SpawnedWorker>;
  /** Begins to measure the worker and Temporal; the answer ends it. */
  spending: () => Promise<() => Promise<Spent>>;
}

export interface BackendOptions {
  pollIntervalMs: number;
  returnUrl?: string;
  /** More settings for worker and client: those of AEM. */
  env?: Record<string, string>;
}

/** The SDK's runtime is one a process. */
let isInstalled = false;

/** Starts all, measures, and stops all whatever happens. */
export async function onProcesses(
  options: Options,
  measure: (processes: Processes) => Promise<void>,
  sandbox: SandboxOptions = {},
): Promise<void> {
  // Who watches runs a small worker in this process. Installed without one it would never end.
  if (!isInstalled) Runtime.install({ logger: new DefaultLogger('ERROR') });
  isInstalled = true;
  const processes = await startProcesses(options, sandbox);
  try {
    await measure(processes);
  } finally {
    await processes.stop();
  }
}

async function startProcesses(
  { server }: Options,
  sandboxOptions: SandboxOptions,
): Promise<Processes> {
  const temporal = await startBenchTemporal(server, progress);
  const { address } = temporal;
  const sandbox = await forkSandbox(sandboxOptions);
  const folder = await mkdtemp(join(tmpdir(), 'devicepass-bench-'));
  const apps = join(folder, 'apps.json');
  const { softwareStatement } = sandbox;
  const demo = {
    softwareStatement,
    serviceProvider: 'REF30',
    domainName: 'example.com',
    redirectUrl: 'http://127.0.0.1:9/done',
  };
  await writeFile(apps, JSON.stringify({ demo }), { mode: 0o600 });
  const client = new Client({ connection: await Connection.connect({ address }) });
  const workers: SpawnedWorker[] = [];
  const passes: DevicePass[] = [];
  return {
    sandbox,
    temporal,
    client,
    async backend({ pollIntervalMs, returnUrl, env = {} }) {
      const keys = KeyRing.generate();
      const taskQueue = `bench-${randomUUID()}`;
      const settings = {
        ADOBE_PASS_URL: sandbox.url,
        DEVICEPASS_APPS: apps,
        DEVICEPASS_KEYS: keys.export(),
        DEVICEPASS_TASK_QUEUE: taskQueue,
        DEVICEPASS_POLL_INTERVAL_MS: String(pollIntervalMs),
        DEVICEPASS_LOG_LEVEL: 'info',
        TEMPORAL_ADDRESS: address,
        ...env,
      };
      const addWorker = async () => {
        const worker = await spawnWorker(settings);
        workers.push(worker);
        return worker;
      };
      const worker = await addWorker();
      const pass = await connect({
        keys,
        temporal: client,
        taskQueue,
        aem: readAemSettings(env),
        ...(returnUrl === undefined ? {} : { returnUrl }),
      });
      passes.push(pass);
      return {
        worker,
        pass,
        taskQueue,
        addWorker,
        spending: async () => spending(temporal, { worker: worker.pid }),
      };
    },
    async stop() {
      await Promise.all(passes.map(async (pass) => pass.close()));
      await Promise.all(workers.map(async (worker) => worker.kill()));
      await client.connection.close();
      await sandbox.stop();
      await temporal.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
