import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sealOrders } from '../../src/activities/key-rollout/orders.ts';
import { startAgent } from '../../src/agent.ts';
import { readAgentSettings } from '../../src/agent/settings.ts';
import { type Farm, type FarmInstance, startFarm } from '../../src/sandbox/farm/index.ts';
import { KeyRing } from '../../src/sealing/index.ts';
import { ensureSearchAttributes } from '../../src/temporal/search-attributes.ts';
import type { RunningWorker } from '../../src/worker.ts';
import type { keyRollout } from '../../src/workflows/index.ts';
import { rolloutId, type RolloutRequest } from '../../src/workflows/key-rollout/messages.ts';
import { keysOf, loadedKeys, requestFor, type RolloutHandle } from '../key-rollout/support.ts';
import { sharedTemporal } from '../support/stack.ts';
import { type Kept, keepRunning } from './spare-process.ts';

/** A farm whose agents and worker are processes of their own, each replaced when it is killed. */
export interface KilledFarm {
  farm: Farm;
  /** The keys of each instance before anything happened. */
  before: readonly string[];
  /** Pairs that some instance held in memory and that nobody ever made. */
  mixedPairs: () => readonly string[];
  /** An agent that dies right after each of these steps, once each, in this order. */
  addAgent: (instance: FarmInstance, dieAfter?: readonly string[]) => Promise<Kept>;
  addWorker: () => Promise<Kept>;
  /** Agents in this process, which tell of each step. */
  runAgents: (onStep: (step: string) => void) => Promise<void>;
  startRollout: (request?: Partial<RolloutRequest>) => Promise<RolloutHandle>;
  stop: () => Promise<void>;
}

export async function startKilledFarm(): Promise<KilledFarm> {
  const { native, temporal, bundle, client } = await sharedTemporal();
  await ensureSearchAttributes(native, 'default');
  const folder = await mkdtemp(join(tmpdir(), 'devicepass-farm-'));
  const run = randomUUID().slice(0, 8);
  const taskQueue = `faults-rollout-${run}`;
  const farm = await startFarm({
    folder,
    instances: [1, 2, 3].map((number) => `publish${number}-${run}`),
  });
  const before = await keysOf(farm);
  const mixed: string[] = [];
  const watching = setInterval(() => {
    mixed.push(...loadedKeys(farm).filter((pair) => !before.includes(pair)));
  }, 5);
  const keys = KeyRing.generate();
  const agents: RunningWorker[] = [];
  const bundled = join(folder, 'workflows.js');
  await writeFile(bundled, 'code' in bundle ? bundle.code : '');
  const processes: Kept[] = [];
  const keep = async (program: string, env: NodeJS.ProcessEnv) => {
    const process = await keepRunning({ program, env });
    processes.push(process);
    return process;
  };
  return {
    farm,
    before,
    mixedPairs: () => mixed,
    async addAgent(instance, dieAfter = []) {
      const list = join(folder, `${instance.id}-dies-after`);
      await writeFile(list, dieAfter.join('\n'));
      return keep('./key-rollout-agent-process.ts', {
        ...environmentOf(instance, keys),
        TEMPORAL_ADDRESS: temporal.address,
        DIE_AFTER: list,
      });
    },
    async runAgents(onStep) {
      for (const instance of farm.instances) {
        const settings = readAgentSettings(environmentOf(instance, keys));
        const agent = { settings, connection: native, namespace: 'default', onStep };
        agents.push(await startAgent(agent));
      }
    },
    addWorker: async () =>
      keep('./key-rollout-worker-process.ts', {
        TEMPORAL_ADDRESS: temporal.address,
        TASK_QUEUE: taskQueue,
        BUNDLE: bundled,
      }),
    async startRollout(request) {
      const full = requestFor(farm, {
        farm: `farm-${run}`,
        limits: {
          // A killed agent is missed after one of these.
          heartbeatTimeoutMs: 1_000,
          settleWithinMs: 10_000,
          pollMs: 20,
          agentWithinMs: 60_000,
          rollBackWithinMs: 60_000,
        },
        ...request,
      });
      return client.workflow.start<typeof keyRollout>('keyRollout', {
        taskQueue,
        workflowId: rolloutId(full.farm),
        args: [full, await sealOrders(keys, full)],
        workflowTaskTimeout: '2 s',
      });
    },
    async stop() {
      clearInterval(watching);
      await Promise.all(processes.map(async (process) => process.stop()));
      await Promise.all(agents.map(async (agent) => agent.stop()));
      await farm.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function environmentOf({ id, url, installDir }: FarmInstance, keys: KeyRing): NodeJS.ProcessEnv {
  return {
    AEM_HOST_ID: id,
    AEM_HOST_URL: url,
    AEM_HOST_INSTALL_DIR: installDir,
    AEM_HOST_KEYS: keys.export(),
    AEM_HOST_ADMIN_PASSWORD: 'admin',
    AEM_HOST_TEST_USER: 'viewer',
    AEM_HOST_TEST_PASSWORD: 'viewer',
    DEVICEPASS_LOG_LEVEL: 'error',
  };
}
