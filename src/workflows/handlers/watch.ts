import type { Device } from '../device.ts';
import type { Standing, Watcher } from '../messages.ts';
import { addWatcher } from '../state.ts';

/** From now on this watcher is told of changes. The answer is where the device stands already. */
export async function watch(device: Device, watcher: Watcher): Promise<Standing> {
  device.seenAt = Date.now();
  device.change(addWatcher(device.state, watcher));
  return device.standing;
}
