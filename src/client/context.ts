import type { Client } from '@temporalio/client';
import type { KeyRing } from '../sealing/index.ts';
import { toDevicePassError } from './errors.ts';
import type { Deliveries } from './deliveries.ts';

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
}

/** Calls Temporal with a deadline: without one a call may wait for ever. */
export async function within<T>(
  { temporal, answerWithinMs }: ClientContext,
  call: () => Promise<T>,
): Promise<T> {
  try {
    return await temporal.withDeadline(Date.now() + answerWithinMs, call);
  } catch (error) {
    throw toDevicePassError(error);
  }
}
