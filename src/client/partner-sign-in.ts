import { preparedSamlResponse } from '../adobe-pass/index.ts';
import type { DeviceIdentity } from '../device-identity.ts';
import { type KeyRing, ofDevice, seal, type Sealed } from '../sealing/index.ts';
import type * as wire from '../workflows/messages.ts';
import type { AuthenticateOptions } from './device-options.ts';
import { invalidRequest } from './errors.ts';
import { type Standing, unseal } from './standing.ts';

/** How a sign-in by a partner's framework goes on where there has to be a code. */
export interface PartnerSignInOptions extends Pick<
  AuthenticateOptions,
  'screen' | 'redirectUrl' | 'place' | 'statement' | 'requestId'
> {
  /** Default: `Apple`, the only one so far. */
  partner?: wire.Partner;
}

/** The same with what the framework answered. */
export interface PartnerResponseOptions extends PartnerSignInOptions {
  /**
   * `VSAccountMetadata.samlAttributeQueryResponse` as it came, or Base64 of it; 100,000 characters of
   * Base64 at most. It tells who the viewer is, and leaves this process sealed.
   */
  samlResponse: string;
}

/** What the framework on the device is to be asked; for one use. */
export interface PartnerRequest extends Omit<wire.PartnerRequest, 'request'> {
  /** Base64: Apple's framework takes it as `verificationToken`, as it is. */
  request: string;
}

/** What became of a sign-in by a partner's framework so far. */
export type PartnerSignIn = Standing | PartnerRequest;

/** What an app needs of the providers for Apple's picker, and to know which one was chosen. */
export interface PartnerPicker {
  /** Ids for `supportedAccountProviderIdentifiers`: these sign in by the framework. */
  supported: string[];
  /** Ids for `featuredAccountProviderIdentifiers`: these go first. */
  featured: string[];
}

/** Of a provider at the platform, as `SecondScreen.providers()` has it. */
export interface PlatformMvpd {
  boardingStatus?: string;
  platformMappingId?: string;
  enablePlatformServices?: boolean;
  displayInPlatformPicker?: boolean;
}

/**
 * The ids for the picker of Apple's framework: supported are those that are wholly on board. The
 * provider of an id is the one with that `platformMappingId` (`apple-sso-cookbook-rest-api-v2`).
 */
export function partnerPicker(mvpds: readonly PlatformMvpd[]): PartnerPicker {
  const idsOf = (isOne: (mvpd: PlatformMvpd) => boolean | undefined) =>
    mvpds.flatMap((mvpd) =>
      mvpd.platformMappingId !== undefined && mvpd.enablePlatformServices && isOne(mvpd)
        ? [mvpd.platformMappingId]
        : [],
    );
  return {
    supported: idsOf(({ boardingStatus }) => boardingStatus === 'SUPPORTED'),
    featured: idsOf(({ displayInPlatformPicker }) => displayInPlatformPicker),
  };
}

const MOST_CHARACTERS = 100_000;
const ADVICE = 'give samlAttributeQueryResponse of the framework, XML or Base64 of it';

/** @throws DevicePassError `invalid_request`, without what was given: it is personal */
export async function sealedResponse(
  keys: KeyRing,
  whose: DeviceIdentity,
  given: string,
): Promise<Sealed<string>> {
  if (typeof given !== 'string') throw invalidRequest(`samlResponse is no text: ${ADVICE}`);
  const prepared = given.length > MOST_CHARACTERS ? given : preparedSamlResponse(given);
  if (prepared === undefined) throw invalidRequest(`samlResponse is no SAML response: ${ADVICE}`);
  if (prepared.length > MOST_CHARACTERS) {
    throw invalidRequest(`samlResponse is longer than ${MOST_CHARACTERS} characters of Base64`);
  }
  return seal(keys, prepared, ofDevice('saml-response', whose));
}

/** @throws DevicePassError `sealed_value` */
export async function openedRequest(
  keys: KeyRing,
  whose: DeviceIdentity,
  { request, ...answer }: wire.PartnerRequest,
): Promise<PartnerRequest> {
  return { ...answer, request: await unseal(keys, request, ofDevice('saml-request', whose)) };
}
