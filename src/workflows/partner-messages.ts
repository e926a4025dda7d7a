import type { Sealed } from '../sealing/index.ts';
import type { AuthenticateRequest, FromDevice, Standing } from './messages.ts';

/** Whose framework on the device knows the viewer, as Adobe writes it in paths. */
export type Partner = 'Apple';

/** How the login goes on where there has to be a code, and who asks. */
type InPlaceOfIt = Pick<
  AuthenticateRequest,
  keyof FromDevice | 'screen' | 'redirectUrl' | 'place' | 'statement'
>;

/** Signs in by the partner's framework; its status is among `viewerTokens`. */
export interface PartnerSignInRequest extends InPlaceOfIt {
  partner: Partner;
}

/** What the framework answered. Its status of now is among `viewerTokens`. */
export interface PartnerResponseRequest extends InPlaceOfIt {
  partner: Partner;
  /** Base64, sealed: it tells who the viewer is. */
  samlResponse: Sealed<string>;
}

/** What the framework on the device is to be asked. Nothing has changed yet. */
export interface PartnerRequest {
  status: 'partner';
  generation: number;
  partner: Partner;
  /** `saml`, or newer. */
  type: string;
  /** Base64, to be handed on as it is; sealed, for one use. */
  request: Sealed<string>;
  /** What the framework is to tell of the viewer. */
  attributesNames: string[];
  /** Id of the provider that the viewer has at the partner. */
  mvpd?: string;
}

export type PartnerAnswer = Standing | PartnerRequest;
