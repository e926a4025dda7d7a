import { DevicePassError } from '../client.ts';
import type { Client } from './clients.ts';
import type { Gateway } from './context.ts';
import { deviceOf } from './devices.ts';

/**
 * The grant that tokens have to belong to, or undefined while nobody is signed in. The device's own
 * workflow tells, by a query, which leaves no event: the one place that all gateways believe.
 *
 * @throws DevicePassError when it can't be asked
 */
export async function currentGrant(
  gateway: Gateway,
  client: Client,
  asking: Parameters<typeof deviceOf>[2],
): Promise<{ grant: number; generation: number } | undefined> {
  try {
    const { standing } = await deviceOf(gateway, client, asking).view();
    if (standing.status !== 'signed-in') return undefined;
    return { grant: standing.grant ?? 0, generation: standing.generation };
  } catch (error) {
    if (error instanceof DevicePassError && error.code === 'not_signed_in') return undefined;
    throw error;
  }
}
