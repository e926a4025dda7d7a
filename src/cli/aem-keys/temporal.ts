import { type Client, isGrpcServiceError } from '@temporalio/client';
import { connectClient } from '../../temporal/connect-client.ts';
import { CommandError } from '../fail.ts';

/**
 * Works with a client by Temporal's own variables.
 *
 * @param meanwhile what people should know when Temporal goes away in the middle
 * @throws ConfigError when it can't be reached
 * @throws CommandError when it goes away
 */
export async function withTemporal(
  meanwhile: string,
  work: (client: Client) => Promise<void>,
): Promise<void> {
  const { client, address } = await connectClient();
  await work(client).catch((error: unknown) => {
    // Left open: a call that the client is about to repeat would throw where nobody catches it.
    throw inOneLine(error, address, meanwhile);
  });
  await client.connection.close();
}

/** UNAVAILABLE, DEADLINE_EXCEEDED and CANCELLED of gRPC. */
const AWAY: ReadonlySet<number> = new Set([14, 4, 1]);

/** An error of Temporal itself as one line; anything else as it is. */
export function inOneLine(error: unknown, address: string, meanwhile: string): unknown {
  const cause = error instanceof Error && isGrpcServiceError(error.cause) ? error.cause : error;
  if (!isGrpcServiceError(cause)) return error;
  const code: number = cause.code;
  return new CommandError(
    AWAY.has(code)
      ? `Temporal at ${address} went away; ${meanwhile}`
      : `Temporal at ${address} refuses (${cause.details}): check TEMPORAL_NAMESPACE and the rights of this client`,
  );
}
