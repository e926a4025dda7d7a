import { heard } from '../account.ts';
import type { Device } from '../device.ts';
import type { FromDevice, ShownProfile } from '../messages.ts';

import { askAdobe } from '../upstream.ts';

/**
 * The profiles that Adobe shows for the device now, for an app that lets its viewer choose (ATN-16).
 * Nothing changes by it: `authenticate` with the provider of one takes that.
 */
export async function profiles(device: Device, request: FromDevice): Promise<ShownProfile[]> {
  const deadline = device.deadline();
  device.change(heard(device.state, request, Date.now()));
  device.seenAt = Date.now();
  const { setAside } = device.state;
  return askAdobe(device, deadline, 'profiles', (asker) =>
    device.activities.listProfiles(asker, setAside ? [{ mvpd: setAside.mvpd }] : []),
  );
}
