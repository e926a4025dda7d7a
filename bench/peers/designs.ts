import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { WithStartWorkflowOperation } from '@temporalio/client';
import { inParallel } from '../../test/faults/system.ts';
import { forkProgram } from '../forked.ts';
import type { Processes } from '../processes.ts';
import type { Polls } from '../sandbox-process.ts';
import { newTv } from '../tv.ts';
import { askForCode } from '../waiting.ts';
import { FIRST_CONTACT } from './calls.ts';
import type { PollerReady } from './poller-process.ts';
import type { StandInReady } from './stand-in-process.ts';
import { authenticate } from './workflows.ts';
import type * as workflows from './workflows.ts';

/** A way to do what devicepass does, running. */
export interface Running {
  /** Its processes beside Temporal's. */
  pids: Record<string, number>;
  /** One more device waits from now on. */
  wait?: () => Promise<void>;
  /** A first contact: four calls to Adobe, and something that is kept. */
  contact?: () => Promise<void>;
  pollsSince: (since: number) => Promise<Polls['polls']>;
  stop: () => Promise<void>;
}

export interface Design {
  name: string;
  ours?: boolean;
  /** It has no workflows: all it needs is a database. */
  needsDatabase?: boolean;
  start: (processes: Processes, intervalMs: number) => Promise<Running>;
}

const DEVICEPASS: Design = {
  name: 'devicepass',
  ours: true,
  async start({ backend, sandbox }, pollIntervalMs) {
    const { worker, pass } = await backend({ pollIntervalMs });
    return {
      pids: { worker: worker.pid },
      wait: async () => askForCode(newTv(pass)),
      contact: async () => askForCode(newTv(pass)),
      pollsSince: sandbox.pollsSince,
      stop: worker.kill,
    };
  },
};

/** The plainest there is: one process of Node, and rows of PostgreSQL. */
const PLAIN: Design = {
  name: 'plain Node, rows of PostgreSQL',
  needsDatabase: true,
  async start({ temporal }, intervalMs) {
    const standIn = await forkStandIn();
    const poller = await forkProgram<PollerReady>(programOf('poller'), {
      STAND_IN_URL: standIn.ready.url,
      DATABASE_URL: `${temporal.database}/postgres`,
      INTERVAL_MS: String(intervalMs),
    });
    const contact = async () => {
      const { ok } = await fetch(`${poller.ready.url}/${randomUUID()}`, { method: 'POST' });
      if (!ok) throw new Error('the plain poller did not take a device');
    };
    return {
      pids: { worker: poller.pid },
      wait: contact,
      contact,
      pollsSince: standIn.pollsSince,
      async stop() {
        await poller.kill();
        await standIn.kill();
      },
    };
  },
};

/** What waits: the first is ours. */
export const WAITING: readonly Design[] = [
  DEVICEPASS,
  onTemporal('timer and activity a poll', 'timerLoop'),
  onTemporal('activity retried by the server', 'activityRetry'),
  onTemporal('one long activity, heartbeats', 'longActivity'),
  PLAIN,
];

/** What does first contacts: the first is ours. */
export const CONTACTS: readonly Design[] = [
  DEVICEPASS,
  onTemporal('an activity for each call', 'regularActivities'),
  onTemporal('bare: one local activity', 'oneLocalActivity'),
  PLAIN,
];

function onTemporal(
  name: string,
  workflow: Exclude<keyof typeof workflows, 'authenticate'>,
): Design {
  return {
    name,
    async start({ client, temporal }, intervalMs) {
      const taskQueue = `peers-${randomUUID()}`;
      const standIn = await forkStandIn();
      const worker = await forkProgram(programOf('worker'), {
        TEMPORAL_ADDRESS: temporal.address,
        TASK_QUEUE: taskQueue,
        STAND_IN_URL: standIn.ready.url,
      });
      const started: string[] = [];
      const begun = () => {
        const workflowId = randomUUID();
        started.push(workflowId);
        return { workflowId, taskQueue };
      };
      return {
        pids: { worker: worker.pid },
        async wait() {
          const { workflowId } = begun();
          const args = [workflowId, intervalMs];
          await client.workflow.start(workflow, { taskQueue, workflowId, args });
        },
        async contact() {
          const operation = new WithStartWorkflowOperation(workflow, {
            ...begun(),
            workflowIdConflictPolicy: 'USE_EXISTING',
          });
          await client.workflow.executeUpdateWithStart(authenticate, {
            args: [FIRST_CONTACT],
            startWorkflowOperation: operation,
          });
        },
        pollsSince: standIn.pollsSince,
        async stop() {
          await worker.kill();
          await inParallel(started, 32, async (id) => {
            await client.workflow.getHandle(id).terminate();
          });
          await standIn.kill();
        },
      };
    },
  };
}

async function forkStandIn() {
  const forked = await forkProgram<StandInReady>(programOf('stand-in'));
  return {
    ...forked,
    pollsSince: async (pollsSince: number) => (await forked.ask<Polls>({ pollsSince })).polls,
  };
}

function programOf(name: 'poller' | 'worker' | 'stand-in'): string {
  return fileURLToPath(new URL(`./${name}-process.ts`, import.meta.url));
}
