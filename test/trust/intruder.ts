import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { type Client, WorkflowFailedError } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger, Worker, type WorkflowBundle } from '@temporalio/worker';
import type { Sealed } from '../../src/sealing/index.ts';
import type { DeviceState } from '../../src/workflows/state.ts';
import { sharedTemporal } from '../support/stack.ts';

let bundle: Promise<WorkflowBundle> | undefined;

/** Somebody with Temporal and no key: reads histories, and runs workflows of their own. */
export interface Intruder {
  client: Client;
  taskQueue: string;
  /** The state and the proof that the present run of a device began with. */
  handedOn: (workflowId: string) => Promise<{ state: DeviceState; proof: Sealed<null> }>;
  /** Ends a workflow and puts one of their own in its place. */
  impersonate: (workflowId: string, answers: Record<string, unknown>) => Promise<void>;
  /** Runs one activity of ours with arguments of their own; its failure is thrown. */
  ask: (
    activity: string,
    where: { taskQueue: string; workflowId?: string },
    ...args: unknown[]
  ) => Promise<unknown>;
  stop: () => Promise<void>;
}

export async function startIntruder(): Promise<Intruder> {
  const { client, native } = await sharedTemporal();
  bundle ??= bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('intruder-workflows.ts', import.meta.url)),
    logger: new DefaultLogger('WARN'),
  });
  const taskQueue = `intruder-${randomUUID()}`;
  const workflowBundle = await bundle;
  const worker = await Worker.create({ connection: native, taskQueue, workflowBundle });
  const running = worker.run();
  return {
    client,
    taskQueue,
    async handedOn(workflowId) {
      const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
      const { input } = events?.[0]?.workflowExecutionStartedEventAttributes ?? {};
      const [state, proof] = (input?.payloads ?? []).map(
        ({ data }): unknown => JSON.parse(Buffer.from(data ?? []).toString()) as unknown,
      );
      return { state: state as DeviceState, proof: proof as Sealed<null> };
    },
    async impersonate(workflowId, answers) {
      await client.workflow.getHandle(workflowId).terminate('it is mine now');
      await client.workflow.start('deviceLifecycle', { taskQueue, workflowId, args: [answers] });
    },
    async ask(activity, { taskQueue: theirs, workflowId = randomUUID() }, ...args) {
      try {
        return await client.workflow.execute<
          (queue: string, name: string, given: unknown[]) => Promise<unknown>
        >('errand', { taskQueue, workflowId, args: [theirs, activity, args] });
      } catch (error) {
        const activityFailure = error instanceof WorkflowFailedError ? error.cause : undefined;
        throw activityFailure?.cause ?? error;
      }
    },
    async stop() {
      worker.shutdown();
      await running;
    },
  };
}
