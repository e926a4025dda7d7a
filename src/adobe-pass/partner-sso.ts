import type { V2Input } from './input.ts';
import type { Call } from './operation.ts';
import { form, segment } from './paths.ts';
import { getProfiles } from './profiles.ts';
import { postSession } from './sessions.ts';
import type { Send } from './transport.ts';

/** Asks for what the partner's framework has to answer. */
export interface PartnerRequestInput extends V2Input {
  /** `Apple` */
  partner: string;
  /** Of a code that takes the place of it. */
  domainName: string;
  redirectUrl: string;
}

/** What the partner's framework answered for a viewer. */
export interface PartnerProfileInput extends V2Input {
  /** `Apple` */
  partner: string;
  /** Base64 of the framework's SAML response (`preparedSamlResponse`). */
  samlResponse: string;
}

/**
 * What the partner's framework on the device is to be asked, where the status that the device brings
 * along is valid; else a code that takes its place, or where the viewer stands already
 * (`rest-api-v2-partner-single-sign-on-apis-retrieve-partner-authentication-request`).
 */
export function partnerRequest(
  send: Send,
  base: string,
  { partner, ...input }: PartnerRequestInput,
  call?: Call,
) {
  const suffix = `/sso/${segment('partnerRequest', 'partner', partner)}`;
  return postSession(send, base, 'partnerRequest', input, suffix, call);
}

/**
 * Makes a profile of what the partner's framework answered, and shows it; the status that the device
 * brings along has to be valid. Asked once: later the profile is seen like any other
 * (`...-retrieve-profile-using-partner-authentication-response`).
 */
export function partnerProfile(
  send: Send,
  { partner, samlResponse, ...input }: PartnerProfileInput,
  call?: Call,
) {
  const suffix = `/sso/${segment('partnerProfile', 'partner', partner)}`;
  const posted = { body: form({ SAMLResponse: samlResponse }), secrets: [samlResponse] };
  return getProfiles(send, 'partnerProfile', input, suffix, call, posted);
}
