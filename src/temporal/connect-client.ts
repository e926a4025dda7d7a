import { Client, Connection, type ConnectionOptions } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { LOCAL_ADDRESS, unreachable } from './unreachable.ts';

/**
 * The connection of a client, by Temporal's own environment variables.
 *
 * @param more on top of them
 * @throws ConfigError when nobody answers there
 */
export async function connectClient(
  more: ConnectionOptions = {},
): Promise<{ client: Client; address: string; namespace: string }> {
  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig();
  const options = { ...connectionOptions, ...more };
  const { address = LOCAL_ADDRESS } = options;
  try {
    const client = new Client({ connection: await Connection.connect(options), namespace });
    return { client, address, namespace };
  } catch {
    throw unreachable(address);
  }
}
