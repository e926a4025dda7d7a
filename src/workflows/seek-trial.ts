import type { Sealed } from '../sealing/index.ts';
import type { Device } from './device.ts';
import { signIn } from './state.ts';
import { askAdobe } from './upstream.ts';

/**
 * Signs the device in with the first of its app's trials that is not used up. A code that waits goes on
 * where there is none.
 *
 * @throws ApplicationFailure `trials_used_up`, `no_trial`, or with Adobe's reason
 */
export async function seekTrial(
  device: Device,
  deadline: number,
  tempPassIdentity: Sealed<string> | undefined,
): Promise<void> {
  const { generation } = device.state;
  const { profile, identity } = await askAdobe(device, deadline, 'profiles', (asker) =>
    device.activities.seekTrial(asker, tempPassIdentity),
  );
  // A wait that ended meanwhile may have signed the viewer in, which is better than a trial.
  if (device.state.generation !== generation && device.state.phase.name === 'signed-in') return;
  device.change(signIn(device.state, profile, identity));
}
