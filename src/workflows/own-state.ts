import { ApplicationFailure, workflowInfo } from '@temporalio/workflow';
import type { Sealed } from '../sealing/index.ts';
import { Device } from './device.ts';
import { type DeviceIdentity, deviceWorkflowId } from '../device-identity.ts';
import { problemOf } from './failures.ts';
import { isQuiet } from './phases/long-run.ts';
import { type DeviceState, newDevice } from './state.ts';

/**
 * The device that a run begins with. Whoever has Temporal can start a workflow with any state: without
 * a proof of the run before nothing of it is believed but whose it is.
 */
export async function ownDevice(given: DeviceState, proof?: Sealed<null>): Promise<Device> {
  const device = new Device(newDevice(given.app, given.deviceId));
  if (proof === undefined) return device;
  const { continuedFromExecutionRunId: runBefore = '' } = workflowInfo();
  if (await proven(device, given, proof, runBefore)) {
    device.change(given);
  } else {
    device.recordProblem('state', {
      code: 'state_not_its_own',
      action: 'none',
      message: 'the workflow was started with a state that is not its own: it began anew',
    });
  }
  return device;
}

async function proven(device: Device, given: DeviceState, proof: Sealed<null>, runBefore: string) {
  try {
    return await device.inTurn((activities) => activities.isProven(given, proof, runBefore));
  } catch (error) {
    // The task fails, and is repeated until a worker with the key takes it.
    throw new Error(`the state can't be checked: ${error instanceof Error ? error.message : ''}`, {
      cause: error,
    });
  }
}

/**
 * Asked when the run begins, and not when its history is replayed: what was let in stays in, and
 * whoever replays a history from a file knows neither its queue nor its id.
 *
 * @throws ApplicationFailure `not_this_device` for a workflow that names another's device
 */
export function mustBeOwnWorkflow(given: DeviceIdentity): void {
  const { workflowId, taskQueue, unsafe } = workflowInfo();
  if (unsafe.isReplaying || workflowId === deviceWorkflowId(taskQueue, given)) return;
  throw ApplicationFailure.create({
    type: 'not_this_device',
    message: `workflow ${workflowId} was started for device ${given.deviceId} of ${given.app}`,
    nonRetryable: true,
  });
}

/** The proof for the next run; none where something came in meanwhile, and this run goes on. */
export async function proofForNextRun(device: Device): Promise<Sealed<null> | undefined> {
  const { state } = device;
  try {
    const proof = await device.inTurn((activities) => activities.proveState(state));
    return device.state === state && isQuiet(device) ? proof : undefined;
  } catch (error) {
    if (!problemOf(error)) throw error;
    return undefined; // a busy worker is no reason to end the device: tried again in a moment
  }
}
