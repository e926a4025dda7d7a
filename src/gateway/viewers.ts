import { DevicePassError } from '../client.ts';
import type { Client } from './clients.ts';
import type { Gateway } from './context.ts';
import { leavingDeviceOf } from './devices.ts';

/**
 * The grant that tokens have to belong to, and whether anybody is signed in under it; undefined for a
 * device that nobody has heard of. The device's own workflow tells, by a query, which leaves no event:
 * the one place that all gateways believe. Nothing of the request's headers matters to it: what is wrong
 * with them is said by what is asked with them.
 *
 * @throws DevicePassError when it can't be asked
 */
export async function currentGrant(
  gateway: Gateway,
  client: Client,
  asking: Parameters<typeof leavingDeviceOf>[2],
): Promise<{ grant: number; generation: number; signedIn: boolean } | undefined> {
  try {
    const { standing } = await leavingDeviceOf(gateway, client, asking).view();
    const { grant = 0, generation, status } = standing;
    return { grant, generation, signedIn: status === 'signed-in' };
  } catch (error) {
    if (error instanceof DevicePassError && error.code === 'not_signed_in') return undefined;
    throw error;
  }
}
