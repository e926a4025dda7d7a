import type { Client } from '@temporalio/client';
import type { Verification } from '../media-tokens/index.ts';
import type { KeyRing } from '../sealing/index.ts';
import type { ServiceTokens } from '../service-tokens/index.ts';
import type { UserMetadataKeys } from '../user-metadata/index.ts';
import type { ConnectedCatalogue } from './catalogue.ts';
import { isConnected } from './connection-state.ts';
import type { Deliveries } from './deliveries.ts';
import { closed, DevicePassError, invalidRequest, OutOfTime, toDevicePassError } from './errors.ts';

/** What every part of the client shares. */
export interface ClientContext {
  temporal: Client;
  keys: KeyRing;
  taskQueue: string;
  /** How long a caller waits at most, in ms. */
  answerWithinMs: number;
  /** The page that ends a login, if we have one: it tells us that the browser came back. */
  returnUrl?: string;
  deliveries: Deliveries;
  /** Calls to Temporal that have not ended, those included that nobody waits for any more. */
  underWay: Set<Promise<unknown>>;
  /** Absent where `connect` got none. */
  userMetadata?: UserMetadataKeys;
  /** Absent where `connect` got none: then no household is known. */
  serviceTokens?: ServiceTokens;
  /** Absent where `connect` got no AEM. */
  catalogue?: ConnectedCatalogue;
  /** Absent where `connect` got nobody who verifies. */
  verification?: Verification;
}

/** @throws DevicePassError `no_catalogue` where `connect` got no AEM */
export function catalogueOf({ catalogue }: Pick<ClientContext, 'catalogue'>): ConnectedCatalogue {
  if (catalogue) return catalogue;
  throw new DevicePassError('no_catalogue', 'no AEM is configured: give `aem` to connect()', {
    action: 'configuration',
  });
}

/** @throws DevicePassError `invalid_request` where `connect` got none */
export function serviceTokensOf({
  serviceTokens,
}: Pick<ClientContext, 'serviceTokens'>): ServiceTokens {
  if (serviceTokens) return serviceTokens;
  throw invalidRequest('household needs serviceTokens: give readServiceTokens() to connect()');
}

/**
 * Calls Temporal with a deadline: without one a call may wait for ever.
 *
 * @param deadline - ms since the epoch, for calls that share one
 * @throws DevicePassError
 */
export async function within<T>(
  context: ClientContext,
  call: () => Promise<T>,
  deadline: number = Date.now() + context.answerWithinMs,
): Promise<T> {
  mustBeOpen(context);
  const { temporal, taskQueue, deliveries, underWay } = context;
  const { stopped } = deliveries;
  const answer = temporal.withDeadline(deadline, call);
  underWay.add(answer);
  const ended = () => underWay.delete(answer);
  answer.then(ended, ended);
  let giveUp = (_error: unknown) => {};
  const givenUp = new Promise<never>((_resolve, reject) => (giveUp = reject));
  // The SDK looks at its deadline only between its tries, and they may lie seconds apart.
  const timer = setTimeout(() => giveUp(new OutOfTime()), deadline - Date.now());
  const close = () => giveUp(closed());
  stopped.addEventListener('abort', close, { once: true });
  try {
    return await Promise.race([answer, givenUp]);
  } catch (error) {
    throw toDevicePassError(error, { taskQueue, connected: isConnected(temporal) });
  } finally {
    clearTimeout(timer);
    stopped.removeEventListener('abort', close);
  }
}

/** @throws DevicePassError `closed` */
export function mustBeOpen({ deliveries }: Pick<ClientContext, 'deliveries'>): void {
  if (deliveries.stopped.aborted) throw closed();
}
