import { type Client, Connection } from '@temporalio/client';

/** As of gRPC's `connectivityState`. */
const READY = 2;
const SHUTDOWN = 4;

interface Channel {
  getConnectivityState: (connect: boolean) => number;
  watchConnectivityState: (from: number, deadline: number, changed: () => void) => void;
}

/** False only where we know it; a connection of another kind may well be one. */
export function isConnected({ connection }: Pick<Client, 'connection'>): boolean {
  const channel = channelOf(connection);
  return channel === undefined || channel.getConnectivityState(false) === READY;
}

/** Tells each time that a connection to Temporal is there again after it was lost. */
export function watchForBreaks(
  { connection }: Pick<Client, 'connection'>,
  until: AbortSignal,
  back: () => void,
): void {
  const channel = channelOf(connection);
  if (!channel) return;
  let away = false;
  const look = () => {
    if (until.aborted) return;
    // Who listens only has no call that would connect again.
    const state = channel.getConnectivityState(true);
    if (state === SHUTDOWN) return;
    if (state === READY && away) back();
    away = state !== READY;
    channel.watchConnectivityState(state, Infinity, look);
  };
  look();
}

/** The SDK has no other way to tell a server that is away from one that waits for a worker. */
function channelOf(connection: Client['connection']): Channel | undefined {
  if (!(connection instanceof Connection)) return undefined;
  const { client } = connection as unknown as { client?: { getChannel: () => Channel } };
  return client?.getChannel();
}
