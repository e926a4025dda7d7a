import { activityInfo } from '@temporalio/activity';
import { hashDeviceId } from '../adobe-pass/index.ts';
import {
  applicationWorkflowId,
  type DeviceIdentity,
  deviceWorkflowId,
} from '../device-identity.ts';
import { applicationFailure } from './failures.ts';

/** The workflow that an activity runs for. */
export function ownWorkflow(): { workflowId: string; runId: string } {
  const { workflowExecution } = activityInfo();
  if (workflowExecution) return workflowExecution;
  throw refused('an activity of a device runs in its workflow only');
}

/**
 * Adobe is asked for a device by its own workflow alone: whoever has Temporal can start workflows and
 * name any device in them.
 *
 * @throws ApplicationFailure `not_this_device`
 */
export function mustBeItsOwn(whose: DeviceIdentity): void {
  const { workflowId } = ownWorkflow();
  const isOwn = stacks().some(
    (queue) =>
      workflowId === deviceWorkflowId(queue, whose) ||
      (workflowId === applicationWorkflowId(queue, whose.app) && isSite(whose)),
  );
  if (isOwn) return;
  throw refused(`workflow ${workflowId} may not ask for device ${whose.deviceId} of ${whose.app}`);
}

/** @throws ApplicationFailure `not_this_device` where the activity runs for another workflow */
export function mustBe(workflowId: string): void {
  const own = ownWorkflow().workflowId;
  if (own !== workflowId) throw refused(`workflow ${own} may not do this for ${workflowId}`);
}

/** The waiting room of a process has a queue of its own, named after that of the stack. */
function stacks(): string[] {
  const { taskQueue } = activityInfo();
  return [taskQueue, taskQueue.replace(/-room-[^:]+$/, '')];
}

/** The registration that the second screens of an app share. */
function isSite({ app, deviceId }: DeviceIdentity): boolean {
  return deviceId === hashDeviceId(app, 'second-screen');
}

function refused(message: string) {
  return applicationFailure('not_this_device', message, { action: 'none' });
}
