import { z } from 'zod';
import { ConfigError, whole } from './variables.ts';

/** How much one worker process takes on; what fits it is in the hands of whoever knows its machine. */
export interface WorkerSize {
  /** Workflows that a worker keeps in memory; others are replayed when they are needed. */
  cachedDevices: number;
  /** Workflow tasks at once, a device each: one is held while its request to Adobe is under way. */
  workflowTaskSlots: number;
  /** Questions to Temporal at once for the next task. */
  workflowTaskPollers: number;
  /** Requests of devices to Adobe at once; polls are not counted. */
  requestSlots: number;
}

export const sizeVariables = {
  DEVICEPASS_CACHED_DEVICES: whole(2_000, 10, 1_000_000),
  // The SDK takes no fewer than two of both where it keeps workflows in memory.
  DEVICEPASS_WORKFLOW_TASK_SLOTS: whole(200, 2, 10_000),
  DEVICEPASS_WORKFLOW_TASK_POLLERS: whole(10, 2, 1_000),
  DEVICEPASS_REQUEST_SLOTS: whole(400, 1, 10_000),
};

const variables = z.object(sizeVariables);

/**
 * The sizes, which have to fit each other: the SDK would cut down what does not, and hardly say so.
 *
 * @throws ConfigError
 */
export function workerSizeOf(values: z.output<typeof variables>): WorkerSize {
  const {
    DEVICEPASS_CACHED_DEVICES: cachedDevices,
    DEVICEPASS_WORKFLOW_TASK_SLOTS: workflowTaskSlots,
    DEVICEPASS_WORKFLOW_TASK_POLLERS: workflowTaskPollers,
    DEVICEPASS_REQUEST_SLOTS: requestSlots,
  } = values;
  const slots = `DEVICEPASS_WORKFLOW_TASK_SLOTS, which is ${workflowTaskSlots}`;
  if (cachedDevices < workflowTaskSlots) {
    throw new ConfigError(
      `DEVICEPASS_CACHED_DEVICES is "${cachedDevices}": use at least ${slots}, for each works on a device in memory`,
    );
  }
  if (workflowTaskPollers > workflowTaskSlots) {
    throw new ConfigError(
      `DEVICEPASS_WORKFLOW_TASK_POLLERS is "${workflowTaskPollers}": use at most ${slots}, for each task that comes needs a slot`,
    );
  }
  return { cachedDevices, workflowTaskSlots, workflowTaskPollers, requestSlots };
}
