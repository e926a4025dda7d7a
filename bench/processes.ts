import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { startTemporal } from '../src/cli/temporal-server.ts';
import { connect, type DevicePass, KeyRing, readAemSettings } from '../src/client.ts';
import { spawnWorker, type SpawnedWorker } from '../test/faults/spawned-worker.ts';
import { type ForkedSandbox, forkSandbox } from './sandbox.ts';

/** Temporal, the sandbox and workers, each a process of its own. */
export interface Processes {
  sandbox: ForkedSandbox;
  /** Absent for a server that was not started here. */
  temporalPid?: number;
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
}

export interface BackendOptions {
  pollIntervalMs: number;
  returnUrl?: string;
  /** More settings for worker and client: those of AEM. */
  env?: Record<string, string>;
}

export async function startProcesses(): Promise<Processes> {
  const temporal = await startTemporal({ onProgress: (message) => console.log(message) });
  const temporalPid = await childRunning('start-dev');
  const { address } = temporal;
  const sandbox = await forkSandbox();
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
    ...(temporalPid === undefined ? {} : { temporalPid }),
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
      return { worker, pass, taskQueue, addWorker };
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

/** The id of a child of this process that has this word in its command line (Linux only). */
async function childRunning(word: string): Promise<number | undefined> {
  try {
    const children = await readFile(`/proc/self/task/${process.pid}/children`, 'utf8');
    for (const pid of children.trim().split(' ')) {
      const command = await readFile(`/proc/${pid}/cmdline`, 'utf8');
      if (command.split('\0').includes(word)) return Number(pid);
    }
  } catch {
    // No such file system here, or a child that has just ended: no figure for it then.
  }
  return undefined;
}
