import type { LifecycleSettings } from '../activities/settings.ts';
import type { Device } from './device.ts';
import { problemOf, refusalOf } from './failures.ts';

/**
 * Takes over the worker's settings of the device's app.
 *
 * @throws ApplicationFailure `unknown_app`; a workflow that knows nothing else ends with it
 */
export async function readSettings(device: Device): Promise<LifecycleSettings> {
  try {
    const settings = await device.activities.lifecycleSettings(device.state.app);
    device.change({ ...device.state, settings });
    return settings;
  } catch (error) {
    const problem = problemOf(error);
    if (!problem) throw error;
    device.recordProblem('settings', problem);
    throw refusalOf(problem);
  }
}
