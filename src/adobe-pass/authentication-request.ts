import { z } from 'zod';

/** For the partner's framework: Apple's takes `request` as its verification token. */
export interface PartnerAuthenticationRequest {
  /** `saml`, or newer. */
  type: string;
  /** Base64, to be handed on as it is. */
  request: string;
  /** What the framework is to tell of the viewer. */
  attributesNames: string[];
}

/** Lenient where it can be: without `request` there is nothing to hand on. */
export const partnerAuthenticationRequestSchema = z.object({
  type: z.string().catch('saml'),
  request: z.string().min(1),
  attributesNames: z
    .array(z.unknown())
    .catch([])
    .transform((list) => list.filter((name) => typeof name === 'string')),
});
