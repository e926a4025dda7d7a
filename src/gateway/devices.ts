import { z } from 'zod';
import type { DeviceClient } from '../client.ts';
import {
  type DeviceFacts,
  deviceFactsSchema,
  rokuSubscriberIdSchema,
  partnerFrameworkStatusSchema,
  type ViewerTokens,
  viewerTokensSchema,
} from '../adobe-pass/index.ts';
import { contentOf } from '../service-tokens/index.ts';
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
    rokuSubscriberId: subscriberIdOf(headers),
    household: pass.knowsHouseholds ? client.household : undefined,
  });
}

/**
 * The same for a viewer who leaves: a header that can't be read counts as not sent, for nobody is kept
 * from leaving by it.
 */
export function leavingDeviceOf(
  gateway: Pick<Gateway, 'pass'>,
  client: Client,
  { headers, address }: Asking,
): DeviceClient {
  const readers: Record<string, (header: unknown) => unknown> = {
    [FACTS_HEADER]: (header) => factsOf(client, header),
    [STATUS_HEADER]: partnerStatusOf,
    [SUBSCRIBER_HEADER]: (header) => subscriberIdOf({ [SUBSCRIBER_HEADER]: header }),
  };
  const readable = Object.entries(headers).filter(([name, header]) =>
    isReadable(() => readers[name]?.(header)),
  );
  return deviceOf(gateway, client, { headers: Object.fromEntries(readable), address });
}

function isReadable(read: () => unknown): boolean {
  try {
    read();
    return true;
  } catch (error) {
    if (error instanceof InvalidFacts) return false;
    throw error;
  }
}

/** What a TV says of its viewer, in Adobe's own headers. */
export const TOKEN_HEADERS = {
  subjectToken: 'adobe-subject-token',
  rokuConnectToken: 'x-roku-reserved-roku-connect-token',
  serviceToken: 'ad-service-token',
  visitorIdentifier: 'ap-visitor-identifier',
} as const;

/** What a partner's framework on the device says of its viewer, in Adobe's own header and format. */
export const STATUS_HEADER = 'ap-partner-framework-status';

/** Of the account behind a Roku: in it, Adobe knows the TV by no hash of ours. */
export const SUBSCRIBER_HEADER = 'x-roku-subscriber-id';

/** What the operations take that lead to Adobe, for the document; what is broken is dealt with here. */
export const tvHeadersSchema = z.looseObject({
  [FACTS_HEADER]: header(
    'What has changed of the TV since it registered, as Base64 of a JSON object of device facts',
  ),
  [TOKEN_HEADERS.subjectToken]: header(
    'Of a Fire TV: the token of Amazon’s single sign-on library, with each request; leave it out where there is none',
  ),
  [TOKEN_HEADERS.rokuConnectToken]: header(
    'Of a Roku: added by RokuOS where Roku has agreed to it for this host',
  ),
  [SUBSCRIBER_HEADER]: header(
    'Of a Roku: the subscriber id of its account, from the first code on; another one signs the TV out',
  ),
  [TOKEN_HEADERS.serviceToken]: header(
    'Service token of the viewer (JWS, RS256), with each request: signs in once on all TVs of a household',
  ),
  [STATUS_HEADER]: header(
    'Of an Apple device: what its framework says, as Base64 of JSON, with each request; needed for decisions about an appleSSO sign-in',
  ),
  [TOKEN_HEADERS.visitorIdentifier]: header('Experience Cloud ID of the viewer'),
});

function header(description: string) {
  return z.string().optional().meta({ description });
}

/** @throws InvalidFacts, for a TV is known by it for good, or not at all */
function subscriberIdOf(headers: Record<string, unknown>): string | undefined {
  const parsed = rokuSubscriberIdSchema.optional().safeParse(headers[SUBSCRIBER_HEADER]);
  if (parsed.success) return parsed.data;
  throw new InvalidFacts(`X-Roku-Subscriber-Id can't be used: ${parsed.error.issues[0]?.message}`);
}

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
      const isGood = parsed?.success && !(name === 'serviceToken' && isBroken(parsed.data));
      return isGood ? [[name, parsed.data]] : [];
    }),
  );
}

function isBroken(serviceToken: unknown): boolean {
  return typeof serviceToken === 'string' && typeof contentOf(serviceToken) === 'string';
}

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
