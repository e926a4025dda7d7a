import { z } from 'zod';
import type { DeviceClient } from '../client.ts';
import { type DeviceFacts, deviceFactsSchema } from '../adobe-pass/index.ts';
import type { Address } from './addresses.ts';
import type { Client } from './clients.ts';
import type { Gateway } from './context.ts';

/** A TV may tell what changed since it registered: Adobe's own header and format. */
export const FACTS_HEADER = 'x-device-info';

const changedFacts = deviceFactsSchema.partial();

/** A `X-Device-Info` that can't be read. The message is for the TV's developer. */
export class InvalidFacts extends Error {
  override name = 'InvalidFacts';
}

interface Asking {
  headers: Record<string, unknown>;
  address: Address;
}

/**
 * The device of a client, as this request shows it: its address, and facts that may have changed.
 *
 * @throws InvalidFacts
 */
export function deviceOf(
  { pass }: Pick<Gateway, 'pass'>,
  client: Client,
  { headers, address }: Asking,
): DeviceClient {
  return pass.device({
    app: client.app,
    id: client.installation,
    facts: factsOf(client, headers[FACTS_HEADER]),
    ...address,
  });
}

/** The facts of the registration, brought up to date. @throws InvalidFacts */
export function factsOf({ facts }: Client, header: unknown): DeviceFacts {
  if (typeof header !== 'string') return facts;
  try {
    const told: unknown = JSON.parse(Buffer.from(header, 'base64').toString('utf8'));
    return deviceFactsSchema.parse({ ...facts, ...changedFacts.parse(told) });
  } catch (error) {
    const [issue] = error instanceof z.ZodError ? error.issues : [];
    const why = issue && [...issue.path, issue.message].join(': ');
    throw new InvalidFacts(
      `X-Device-Info can't be used: ${why ?? 'send Base64 of a JSON object of device facts'}`,
    );
  }
}
