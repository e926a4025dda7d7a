import { type Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { IllegalStateError } from '@temporalio/common';
import type { NativeConnectionOptions } from '@temporalio/worker';
import type { ConnectOptions } from './connect-options.ts';
import type { DeliveryWorker } from './deliveries.ts';
import { coalescing, toStandardError, type WatchLogger } from './watch-log.ts';

/**
 * Makes the worker behind `watch`: a connection of its own to the same server, for workers have
 * another kind than clients.
 */
export function deliveryWorker(
  temporal: Client,
  { tls, logger = toStandardError, temporal: given }: ConnectOptions,
): DeliveryWorker {
  return async (taskQueue, activities) => {
    const { NativeConnection, Worker } = await import('@temporalio/worker');
    await quietRuntime(logger);
    const own = given ? connectionLike(given, tls) : undefined;
    const connection = await NativeConnection.connect(
      own ?? loadClientConnectConfig().connectionOptions,
    );
    try {
      const worker = await Worker.create({
        connection,
        namespace: temporal.options.namespace,
        taskQueue,
        activities: { ...activities },
        maxConcurrentActivityTaskExecutions: 1_000,
      });
      return { worker, close: () => connection.close() };
    } catch (error) {
      await connection.close();
      throw error;
    }
  };
}

/**
 * The options of a worker's connection to where a client is connected; undefined for a client whose
 * connection is of a kind that we don't know.
 */
export function connectionLike(
  { connection }: Pick<Client, 'connection'>,
  tls?: ConnectOptions['tls'],
): NativeConnectionOptions | undefined {
  if (!(connection instanceof Connection)) return undefined;
  // The type leaves the API key out, but it is there.
  const { address, credentials, metadata, apiKey }: Kept = connection.options;
  const key = typeof apiKey === 'function' ? apiKey() : apiKey;
  const { 'client-name': _name, 'client-version': _version, ...theirs } = metadata;
  return {
    address,
    tls: credentials._isSecure() ? (tls ?? environmentTls(address) ?? true) : false,
    metadata: theirs,
    ...(key === undefined ? {} : { apiKey: key }),
  };
}

type Kept = Connection['options'] & { apiKey?: string | (() => string) };

/** The certificates of the environment, where it means the same server. */
function environmentTls(address: string): NativeConnectionOptions['tls'] {
  const { connectionOptions } = loadClientConnectConfig();
  return connectionOptions.address === address ? connectionOptions.tls : undefined;
}

/**
 * The SDK writes a line for each change of a worker, and some ten a second while a server is away,
 * in colours, to standard error. That is not ours to do in somebody's backend; nor is listening to
 * its signals.
 */
async function quietRuntime(logger: WatchLogger): Promise<void> {
  const { DefaultLogger, Runtime } = await import('@temporalio/worker');
  try {
    Runtime.install({
      logger: new DefaultLogger('WARN', coalescing(logger)),
      telemetryOptions: { logging: { forward: {}, filter: { core: 'WARN', other: 'ERROR' } } },
      shutdownSignals: [],
    });
  } catch (error) {
    if (!(error instanceof IllegalStateError)) throw error; // the process has one already
  }
}
