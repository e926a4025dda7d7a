import { decodeJwt, decodeProtectedHeader, errors } from 'jose';
import { z } from 'zod';

/** What a service token says of itself; nothing is verified. */
export interface ServiceTokenContent {
  /** Id of the identity service. */
  issuer: string;
  /** Of the viewer there. */
  subject: string;
  /** ms since the epoch */
  expiresAt: number;
}

/** Adobe's documents write it in both ways. */
export const AUDIENCES = ['Adobe', 'adobe'] as const;

const claims = z.object({
  iss: z.string().min(1),
  sub: z.string().min(1),
  aud: z.enum(AUDIENCES),
  iat: z.number(),
  exp: z.number(),
});

/**
 * What a token says, or why Adobe would not take it (`rest-api-v2-appendix-headers-ad-service-token`):
 * it is RS256 and has `iss`, `sub`, `aud`, `iat` and `exp`. The reason repeats nothing of it.
 */
export function contentOf(token: string): ServiceTokenContent | string {
  try {
    if (decodeProtectedHeader(token).alg !== 'RS256') return 'is not signed by RS256';
    const parsed = claims.safeParse(decodeJwt(token));
    if (!parsed.success) {
      return `lacks a good ${String(parsed.error.issues[0]?.path[0])}: iss, sub, aud ("Adobe"), iat and exp are needed`;
    }
    const { iss: issuer, sub: subject, exp } = parsed.data;
    return { issuer, subject, expiresAt: exp * 1000 };
  } catch (error) {
    // A JOSEError: no token. A TypeError: no text of one.
    if (error instanceof errors.JOSEError || error instanceof TypeError) return 'is no JWS';
    throw error;
  }
}

/** Whether a token may go to Adobe at a moment: one that is over, or broken, never does. */
export function isSendable(token: string, now: number): boolean {
  const content = contentOf(token);
  return typeof content === 'object' && content.expiresAt > now;
}
