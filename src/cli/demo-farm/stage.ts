import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { type NativeConnection, Worker } from '@temporalio/worker';
import { untilAborted } from '../../http/until-aborted.ts';
import { createLogger } from '../../log.ts';
import { type Farm, startFarm } from '../../sandbox/farm/index.ts';
import { KeyRing } from '../../sealing/index.ts';
import { connectClient } from '../../temporal/connect-client.ts';
import { connectNative } from '../../temporal/connect.ts';
import { installRuntime } from '../../temporal/runtime.ts';
import { ensureSearchAttributes } from '../../temporal/search-attributes.ts';
import { bundleWorkflows } from '../../workflow-bundle.ts';
import { startTemporal } from '../temporal-server.ts';
import { type AgentProcess, startAgentProcess } from './agent-process.ts';

/** Three instances with their agents, and what it takes to roll keys out. */
export interface FarmStage {
  farm: Farm;
  /** Of the Temporal server. */
  address: string;
  temporal: Client;
  taskQueue: string;
  /** Of the agents, and of whoever orders something of them. */
  keys: KeyRing;
  agents: readonly AgentProcess[];
  uiUrl?: string;
  /** Ends all that runs, whatever of it does not want to. */
  stop: () => Promise<void>;
}

export interface FarmStageOptions {
  progress: (message: string) => void;
  /** Nobody wants the stage any more: what has begun ends, and nothing else begins. */
  signal: AbortSignal;
}

/** Who signs in, on every instance the same. */
export const VIEWERS = ['viewer1', 'viewer2', 'viewer3'] as const;
export const PASSWORD = 'demo';

/** Starts what is missing: a Temporal server unless `TEMPORAL_ADDRESS` names one, and all else. */
export async function setFarmStage(options: FarmStageOptions): Promise<FarmStage> {
  const { signal } = options;
  const progress = (message: string) => {
    signal.throwIfAborted();
    options.progress(message);
  };
  const stops: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    for (const end of stops.toReversed()) await endingSoon(end);
  };
  try {
    installRuntime(createLogger('error'));
    progress('starting Temporal');
    const server = await startTemporal({ ui: true, onProgress: progress });
    stops.push(server.stop);
    progress(`Temporal is at ${server.address}`);
    const { connection: native, namespace } = await connectNative(server.address);
    stops.push(() => native.close());
    const { client: temporal } = await connectClient({ address: server.address });
    // Never closed: a call that the client is about to repeat would throw where nobody catches it.
    signal.throwIfAborted();
    const taskQueue = `devicepass-demo-${randomUUID()}`;
    stops.push(await startWorkflows(native, namespace, taskQueue));

    const folder = await mkdtemp(join(tmpdir(), 'devicepass-demo-farm-'));
    const leave = () => rmSync(folder, { recursive: true, force: true });
    process.once('exit', leave);
    stops.push(async () => leave());
    const farm = await startFarm({ folder, instances: instanceIds(), users: users() });
    stops.push(() => farm.stop());
    for (const { id, url } of farm.instances) progress(`${id} is at ${url}, with keys of its own`);

    const keys = KeyRing.generate();
    const starting = Promise.all(
      farm.instances.map(async ({ id, url, installDir }) => {
        const agent = startAgentProcess({
          TEMPORAL_ADDRESS: server.address,
          AEM_HOST_ID: id,
          AEM_HOST_URL: url,
          AEM_HOST_INSTALL_DIR: installDir,
          AEM_HOST_KEYS: keys.export(),
          AEM_HOST_ADMIN_PASSWORD: 'admin',
          AEM_HOST_TEST_USER: VIEWERS[0],
          AEM_HOST_TEST_PASSWORD: PASSWORD,
          DEVICEPASS_LOG_LEVEL: 'info',
        });
        stops.push(agent.stop);
        await agent.ready;
        progress(`the agent of ${id} is process ${agent.pid}`);
        return agent;
      }),
    );
    const agents = await untilAborted(starting, signal);
    return {
      farm,
      address: server.address,
      temporal,
      taskQueue,
      keys,
      agents,
      stop,
      ...(server.uiUrl ? { uiUrl: `${server.uiUrl}/namespaces/${namespace}/workflows` } : {}),
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

const ENDS_WITHIN_MS = 5_000;

/** One that fails or takes for ever, as where Temporal has gone first, holds up no other. */
async function endingSoon(end: () => Promise<unknown>): Promise<void> {
  const late = new AbortController();
  const waiting = delay(ENDS_WITHIN_MS, undefined, { signal: late.signal });
  await Promise.race([end(), waiting]).catch(() => {});
  late.abort();
  await waiting.catch(() => {});
}

/** Task queues are named after instances: on a server of others' they must be nobody else's. */
function instanceIds(): string[] {
  const run = process.env['TEMPORAL_ADDRESS'] ? `-${randomUUID().slice(0, 8)}` : '';
  return [1, 2, 3].map((number) => `publish${number}${run}`);
}

function users() {
  return Object.fromEntries(
    VIEWERS.map((id) => [id, { password: PASSWORD, groups: ['everyone', 'subscribers'] }]),
  );
}

/** The roll-out's own worker: nothing but the workflow, for the agents do the rest. */
async function startWorkflows(connection: NativeConnection, namespace: string, taskQueue: string) {
  await ensureSearchAttributes(connection, namespace);
  const workflowBundle = await bundleWorkflows();
  const worker = await Worker.create({ connection, namespace, taskQueue, workflowBundle });
  const running = worker.run();
  // Whoever follows the roll-out hears when Temporal goes away.
  running.catch(() => {});
  return async () => {
    // The SDK shuts workers down by itself at a signal.
    if (worker.getState() === 'RUNNING') worker.shutdown();
    await running;
  };
}
