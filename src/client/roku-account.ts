import { createHash } from 'node:crypto';
import type { DeviceIdentity } from '../device-identity.ts';
import { type KeyRing, ofDevice, seal } from '../sealing/index.ts';
import type { Account, DeviceView } from '../workflows/messages.ts';

/** The account behind a Roku, as Temporal may hold it: two of one device can be told apart, no more. */
export async function sealedAccount(
  keys: KeyRing,
  whose: DeviceIdentity,
  subscriberId: string,
): Promise<Account> {
  const id = await seal(keys, subscriberId, ofDevice('roku-subscriber', whose));
  return { name: nameOf(whose, subscriberId), id };
}

function nameOf({ app, deviceId }: DeviceIdentity, subscriberId: string): string {
  return createHash('sha256')
    .update(JSON.stringify(['devicepass/roku-subscriber/v1', app, deviceId, subscriberId]))
    .digest('base64url');
}

/**
 * What another account than the one before may see of a device: that it has changed. Its next request
 * makes it so, and a look, which changes nothing, must not tell of the viewer before meanwhile.
 */
export function seenBy(
  view: DeviceView,
  whose: DeviceIdentity,
  subscriberId: string | undefined,
): DeviceView {
  const { account, standing } = view;
  if (subscriberId === undefined || account === undefined) return view;
  if (standing.status === 'signed-out' || account === nameOf(whose, subscriberId)) return view;
  const { generation, grant } = standing;
  const gone = { status: 'signed-out', generation, reason: 'account-changed' } as const;
  const { login: _before, ...rest } = view;
  return { ...rest, standing: grant === undefined ? gone : { ...gone, grant } };
}
