import { loadClientConnectConfig } from '@temporalio/envconfig';
import { NativeConnection } from '@temporalio/worker';
import { unreachable } from './unreachable.ts';

/**
 * The connection of a worker, by Temporal's own environment variables.
 *
 * @param address replaces `TEMPORAL_ADDRESS`
 * @throws ConfigError when nobody answers there
 */
export async function connectNative(
  address?: string,
): Promise<{ connection: NativeConnection; namespace: string }> {
  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig();
  const options = address === undefined ? connectionOptions : { ...connectionOptions, address };
  try {
    return { connection: await NativeConnection.connect(options), namespace };
  } catch {
    throw unreachable(options.address);
  }
}
