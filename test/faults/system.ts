import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { startTemporal, type TemporalServer } from '../../src/cli/temporal-server.ts';
import {
  connect,
  type DeviceClient,
  type DevicePass,
  KeyRing,
  type Waiting,
} from '../../src/client.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { FACTS, freshIp } from '../support/stack.ts';
import { spawnWorker, type SpawnedWorker } from './spawned-worker.ts';

/** The least that the settings allow. */
export const INTERVAL_MS = 3_000;

/** Sandbox and client here, Temporal and workers as processes of their own. */
export interface System {
  sandbox: Sandbox;
  temporal: TemporalServer;
  client: Client;
  pass: DevicePass;
  workers: SpawnedWorker[];
  /** One more worker. */
  addWorker: () => Promise<SpawnedWorker>;
  tv: () => DeviceClient;
  stop: () => Promise<void>;
}

export interface SystemOptions {
  workers: number;
  /** Default: one of its own, in memory. */
  temporal?: TemporalServer;
}

/** Starts everything. Nobody nudges: a login is found by polling. */
export async function startSystem(options: SystemOptions): Promise<System> {
  const temporal = options.temporal ?? (await startTemporal());
  const { address } = temporal;
  const sandbox = await startSandbox();
  const folder = await mkdtemp(join(tmpdir(), 'devicepass-'));
  const apps = join(folder, 'apps.json');
  const demo = {
    softwareStatement: sandbox.softwareStatement(),
    serviceProvider: 'REF30',
    domainName: 'example.com',
    redirectUrl: 'http://127.0.0.1:9/done',
  };
  await writeFile(apps, JSON.stringify({ demo }), { mode: 0o600 });
  const keys = KeyRing.generate();
  const taskQueue = `faults-${randomUUID()}`;
  const workers: SpawnedWorker[] = [];
  const addWorker = async () => {
    const worker = await spawnWorker({
      ADOBE_PASS_URL: sandbox.url,
      DEVICEPASS_APPS: apps,
      DEVICEPASS_KEYS: keys.export(),
      DEVICEPASS_TASK_QUEUE: taskQueue,
      DEVICEPASS_POLL_INTERVAL_MS: String(INTERVAL_MS),
      DEVICEPASS_LOG_LEVEL: 'info',
      TEMPORAL_ADDRESS: address,
    });
    workers.push(worker);
    return worker;
  };
  const client = new Client({ connection: await Connection.connect({ address }) });
  const pass = await connect({ keys, temporal: client, taskQueue });
  const stop = async () => {
    await Promise.all(workers.map(async (worker) => worker.kill()));
    await pass.close();
    await client.connection.close();
    await sandbox.stop();
    await temporal.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await Promise.all(Array.from({ length: options.workers }, addWorker));
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    sandbox,
    temporal,
    client,
    pass,
    workers,
    addWorker,
    tv: () => pass.device({ app: 'demo', id: randomUUID(), facts: FACTS, ip: freshIp() }),
    stop,
  };
}

/** A device that shows a code, with the page to sign in. */
export interface WaitingDevice {
  tv: DeviceClient;
  code: string;
  url: string;
}

/** Brings devices as far as a code, a few at a time. */
export async function waitingDevices(system: System, count: number): Promise<WaitingDevice[]> {
  const tvs = Array.from({ length: count }, () => system.tv());
  return inParallel(tvs, 5, async (tv) => {
    const { code, url } = pending(await tv.authenticate({ mvpd: { id: 'NorthCable' } }));
    return { tv, code, url };
  });
}

/** A standing that has to be a code with a page to sign in. */
export function pending(standing: { status: string }): Waiting & { url: string } {
  const waiting = standing as Waiting;
  if (waiting.status === 'pending' && waiting.url !== undefined) {
    return { ...waiting, url: waiting.url };
  }
  throw new Error(`the device is ${standing.status}, and has no page to sign in`);
}

/** Does all, so many at a time; answers in order. */
export async function inParallel<T, R>(
  items: readonly T[],
  atOnce: number,
  work: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const entries = items.entries();
  const lane = async () => {
    for (const [index, item] of entries) results[index] = await work(item, index);
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  return results;
}
