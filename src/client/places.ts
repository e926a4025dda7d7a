import { type KeyRing, ofDevice, seal, type Sealed } from '../sealing/index.ts';
import type { DeviceIdentity } from '../device-identity.ts';
import type { Place } from '../workflows/messages.ts';

/** A place on its way to the workflow of a device: personal data, of the TV or of a phone. */
export async function sealedPlace(
  keys: KeyRing,
  whose: DeviceIdentity,
  place: Place | undefined,
): Promise<{ place?: Sealed<Place> }> {
  return place ? { place: await seal(keys, place, ofDevice('place', whose)) } : {};
}
