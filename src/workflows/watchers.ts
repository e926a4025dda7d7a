import { proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { DeliveryActivities } from '../activities/deliver.ts';
import * as options from './activity-options.ts';
import type { Device } from './device.ts';
import type { Watcher } from './messages.ts';
import { removeWatcher } from './state.ts';

/** Tells of a change of phase all who watch, but those to whom it was the answer. */
export function tellOfPhase(device: Device): void {
  const { generation, watchers } = device.state;
  tell(
    device,
    watchers.filter(({ knows }) => knows !== generation),
  );
}

/**
 * Tells everybody who watches where the device stands now. Nobody waits for it: a watcher that
 * isn't there, or no longer cares, is forgotten.
 */
export function tellWatchers(device: Device): void {
  tell(device, device.state.watchers);
}

function tell(device: Device, watchers: readonly Watcher[]): void {
  if (watchers.length === 0) return;
  device.change({ ...device.state, sequence: device.state.sequence + 1 });
  for (const watcher of watchers) {
    device.pendingDeliveries += 1;
    if (watcher.until === device.standing.status) {
      device.change(removeWatcher(device.state, watcher.id));
    }
    void deliver(device, watcher).finally(() => {
      device.pendingDeliveries -= 1;
    });
  }
}

/** Tells everybody who watches that the life of the device ends here. They begin anew with the next. */
export async function sayGoodbye(device: Device): Promise<void> {
  const { watchers } = device.state;
  if (watchers.length === 0) return;
  device.change({ ...device.state, sequence: device.state.sequence + 1, watchers: [] });
  await Promise.all(watchers.map((watcher) => deliver(device, watcher, { isLast: true })));
}

async function deliver(
  device: Device,
  { id, taskQueue }: Watcher,
  last: { isLast?: true } = {},
): Promise<void> {
  const { deliver: send } = proxyActivities<DeliveryActivities>(options.delivery(taskQueue));
  try {
    const { listening } = await send({
      registration: id,
      deviceWorkflowId: workflowInfo().workflowId,
      sequence: device.state.sequence,
      standing: device.standing,
      ...last,
    });
    if (listening) return;
  } catch {
    // Gone, or not answering within three seconds: the same as not listening.
  }
  device.change(removeWatcher(device.state, id));
}
