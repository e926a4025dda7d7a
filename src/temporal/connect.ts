import { loadClientConnectConfig } from '@temporalio/envconfig';
import { NativeConnection } from '@temporalio/worker';
import { ConfigError } from '../config.ts';

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
    throw new ConfigError(
      `Temporal at ${options.address ?? 'localhost:7233'} can't be reached: start it, or set TEMPORAL_ADDRESS`,
    );
  }
}
