import { z } from 'zod';
import type { DeviceClient } from '../client.ts';
import {
  type DeviceFacts,
  deviceFactsSchema,
  partnerFrameworkStatusSchema,
  type ViewerTokens,
  viewerTokensSchema,
} from '../adobe-pass/index.ts';
import type { Address } from './addresses.ts';
import type { Client } from './clients.ts';
import type { Gateway } from './context.ts';

/** A TV may tell what changed since it registered: Adobe's own header and format. */
export const FACTS_HEADER = 'x-device-info';

const changedFacts = deviceFactsSchema.partial();

/** A header that the app makes and that can't be read. The message is for the TV's developer. */
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
    viewerTokens: { ...viewerTokensOf(headers), ...partnerStatusOf(headers[STATUS_HEADER]) },
  });
}

/** What a TV says of its viewer, in Adobe's own headers. */
export const TOKEN_HEADERS = {
  subjectToken: 'adobe-subject-token',
  rokuConnectToken: 'x-roku-reserved-roku-connect-token',
  serviceToken: 'ad-service-token',
  visitorIdentifier: 'ap-visitor-identifier',
} as const;

/**
 * Tokens as this request has them. One that is broken counts as none: the platform made it, and viewers
 * can sign in without.
 */
export function viewerTokensOf(headers: Record<string, unknown>): ViewerTokens {
  const { shape } = viewerTokensSchema;
  const names = Object.keys(TOKEN_HEADERS) as (keyof typeof TOKEN_HEADERS)[];
  return Object.fromEntries(
    names.flatMap((name) => {
      const given = headers[TOKEN_HEADERS[name]];
      const parsed = given === undefined ? undefined : shape[name].safeParse(given);
      return parsed?.success ? [[name, parsed.data]] : [];
    }),
  );
}

/** What a partner's framework on the device says of its viewer, in Adobe's own header and format. */
export const STATUS_HEADER = 'ap-partner-framework-status';

/**
 * The status of this request. The app makes it itself, unlike tokens: what can't be read is told. One
 * that says that nobody is signed in there is as good as any.
 *
 * @throws InvalidFacts
 */
export function partnerStatusOf(header: unknown): Pick<ViewerTokens, 'partnerFrameworkStatus'> {
  if (typeof header !== 'string' || header === '') return {};
  return {
    partnerFrameworkStatus: told('AP-Partner-Framework-Status', 'status fields', header, (json) =>
      partnerFrameworkStatusSchema.parse(json),
    ),
  };
}

/** Base64 of JSON in a header. @throws InvalidFacts */
function told<T>(name: string, what: string, header: string, read: (json: unknown) => T): T {
  try {
    return read(JSON.parse(Buffer.from(header, 'base64').toString('utf8')));
  } catch (error) {
    const [issue] = error instanceof z.ZodError ? error.issues : [];
    const why = issue && [...issue.path, issue.message].join(': ');
    throw new InvalidFacts(
      `${name} can't be used: ${why ?? `send Base64 of a JSON object of ${what}`}`,
    );
  }
}

/** The facts of the registration, brought up to date. @throws InvalidFacts */
export function factsOf({ facts }: Client, header: unknown): DeviceFacts {
  if (typeof header !== 'string') return facts;
  return told('X-Device-Info', 'device facts', header, (json) =>
    deviceFactsSchema.parse({ ...facts, ...changedFacts.parse(json) }),
  );
}
