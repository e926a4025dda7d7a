import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client, WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import { WorkflowFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { Worker } from '@temporalio/worker';
import { sealOrders } from '../../src/activities/key-rollout/orders.ts';
import { startAgent } from '../../src/agent.ts';
import type { AgentSettings } from '../../src/agent/settings.ts';
import { createHttp } from '../../src/http/index.ts';
import { type AemHost, createConsole } from '../../src/key-rollout/index.ts';
import { type Farm, type FarmOptions, startFarm } from '../../src/sandbox/farm/index.ts';
import { KeyRing } from '../../src/sealing/index.ts';
import { ensureSearchAttributes } from '../../src/temporal/search-attributes.ts';
import type { RunningWorker } from '../../src/worker.ts';
import type { keyRollout } from '../../src/workflows/index.ts';
import {
  type RolloutFailure,
  rolloutId,
  type RolloutReport,
  type RolloutRequest,
} from '../../src/workflows/key-rollout/messages.ts';
import { sharedTemporal } from '../support/stack.ts';

export type RolloutHandle = WorkflowHandleWithFirstExecutionRunId<typeof keyRollout>;

/** A farm of the sandbox with an agent beside each instance, and a worker for the workflow. */
export interface FarmStack {
  farm: Farm;
  folder: string;
  client: Client;
  /** The queue of the workflow's worker. */
  taskQueue: string;
  keys: KeyRing;
  agents: Map<string, RunningWorker>;
  hosts: AemHost[];
  startRollout: (request?: Partial<RolloutRequest>) => Promise<RolloutHandle>;
  /** Runs one to its end: the report, or the failure that it ended with. */
  roll: (request?: Partial<RolloutRequest>) => Promise<Ended>;
  /** The keys of the instances as they are now, however they might be written, and the ring. */
  secrets: () => Promise<string[]>;
  stop: () => Promise<void>;
}

export interface Ended {
  workflowId: string;
  report?: RolloutReport;
  /** Type, message and details of the failure. */
  failure?: { type: string; message: string; details: RolloutFailure };
}

export interface FarmStackOptions {
  farm?: Partial<FarmOptions>;
  /** Changes what an agent is told. */
  settings?: (settings: AgentSettings) => AgentSettings;
  /** Instances that have no agent. */
  without?: readonly string[];
  onStep?: (host: string, step: string) => void;
}

/** How long things may take in a farm of tests. */
export const LIMITS: RolloutRequest['limits'] = {
  heartbeatTimeoutMs: 10_000,
  settleWithinMs: 4_000,
  pollMs: 20,
  agentWithinMs: 15_000,
  rollBackWithinMs: 15_000,
};

/** The first instance's keys for all, and whatever else is wanted. */
export function requestFor(
  { instances }: Pick<Farm, 'instances'>,
  request: Partial<RolloutRequest> & Pick<RolloutRequest, 'farm'>,
): RolloutRequest {
  return {
    source: instances[0]?.id ?? '',
    hosts: instances.map(({ id, url }) => ({ id, url })),
    dryRun: false,
    force: false,
    approveEach: false,
    watchedPaths: [],
    limits: LIMITS,
    ...request,
  };
}

export async function startFarmStack(options: FarmStackOptions = {}): Promise<FarmStack> {
  const { client, native, bundle } = await sharedTemporal();
  await ensureSearchAttributes(native, 'default');
  const folder = await mkdtemp(join(tmpdir(), 'devicepass-farm-'));
  // Task queues are named after instances, and other tests share the server.
  const run = randomUUID().slice(0, 8);
  const instances = [1, 2, 3].map((number) => `publish${number}-${run}`);
  const farm = await startFarm({ folder, instances, ...options.farm });
  const keys = KeyRing.generate();
  const taskQueue = `rollout-${run}`;
  const agents = new Map<string, RunningWorker>();
  const hosts: AemHost[] = [];
  for (const { id, url, installDir } of farm.instances) {
    const host: AemHost = {
      id,
      url,
      installDir,
      backupDir: join(folder, `${id}-backups`),
      admin: { user: 'admin', password: () => 'admin' },
      testUser: { user: 'viewer', password: () => 'viewer' },
    };
    const plain: AgentSettings = { host, keys, logLevel: 'silent' };
    const settings = options.settings?.(plain) ?? plain;
    hosts.push(settings.host);
    if (options.without?.some((name) => id.startsWith(name))) continue;
    const onStep = (step: string) => options.onStep?.(id, step);
    agents.set(
      id,
      await startAgent({ settings, connection: native, namespace: 'default', onStep }),
    );
  }
  const worker = await Worker.create({
    connection: native,
    namespace: 'default',
    taskQueue,
    workflowBundle: bundle,
    stickyQueueScheduleToStartTimeout: '2 s',
  });
  const running = worker.run();

  const startRollout = async (request: Partial<RolloutRequest> = {}) => {
    const name = `farm-${run}-${randomUUID().slice(0, 4)}`;
    const full = requestFor(farm, { farm: name, ...request });
    return client.workflow.start<typeof keyRollout>('keyRollout', {
      taskQueue,
      workflowId: rolloutId(full.farm),
      args: [full, await sealOrders(keys, full)],
    });
  };
  return {
    farm,
    folder,
    client,
    taskQueue,
    keys,
    agents,
    hosts,
    startRollout,
    async secrets() {
      const files = (await keysOf(farm)).flatMap((pair) => pair.split(' '));
      const written = (['hex', 'base64', 'base64url', 'latin1'] as const).flatMap((encoding) =>
        files.map((file) => Buffer.from(file, 'hex').toString(encoding)),
      );
      return [...written, keys.export().split(':')[1] ?? ''];
    },
    roll: async (request) => ended(await startRollout(request)),
    async stop() {
      for (const agent of agents.values()) await agent.stop();
      worker.shutdown();
      await running;
      await farm.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** How a roll-out ended. */
export async function ended(handle: RolloutHandle): Promise<Ended> {
  const { workflowId } = handle;
  try {
    return { workflowId, report: await handle.result() };
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    const { cause } = error;
    if (!(cause instanceof ApplicationFailure)) throw error;
    const [details] = cause.details as [RolloutFailure];
    return { workflowId, failure: { type: cause.type ?? '', message: cause.message, details } };
  }
}

/** Both key files of each instance, as text to compare. */
export async function keysOf(farm: Farm): Promise<string[]> {
  return Promise.all(
    farm.instances.map(async ({ keyFolder }) => {
      const files = ['hmac', 'master'].map(async (name) => readFile(join(keyFolder(), name)));
      return (await Promise.all(files)).map((file) => file.toString('hex')).join(' ');
    }),
  );
}

/** The keys that each instance holds in memory. */
export function loadedKeys(farm: Farm): string[] {
  return farm.instances.map((instance) => {
    const { hmac, master } = instance.loaded() ?? {};
    return [hmac, master].map((key) => key?.toString('hex')).join(' ');
  });
}

/** A console client of its own, as an agent has one. */
export function consoleOf(host: AemHost) {
  const http = createHttp({ timeoutMs: 2_000 });
  return { felix: createConsole(host, http), http };
}
