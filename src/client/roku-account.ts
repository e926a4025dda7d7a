import { createHash } from 'node:crypto';
import type { DeviceIdentity } from '../device-identity.ts';
import { type KeyRing, ofDevice, seal } from '../sealing/index.ts';
import type { Account } from '../workflows/messages.ts';

/** The account behind a Roku, as Temporal may hold it: two of one device can be told apart, no more. */
export async function sealedAccount(
  keys: KeyRing,
  whose: DeviceIdentity,
  subscriberId: string,
): Promise<Account> {
  const { app, deviceId } = whose;
  const name = createHash('sha256')
    .update(JSON.stringify(['devicepass/roku-subscriber/v1', app, deviceId, subscriberId]))
    .digest('base64url');
  return { name, id: await seal(keys, subscriberId, ofDevice('roku-subscriber', whose)) };
}
