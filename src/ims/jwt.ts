import { SignJWT } from 'jose';
import type { ServiceJwt } from './credentials.ts';
import { hostOf } from './hosts.ts';

/** Life of a JWT. IMS names no maximum; Adobe's advice is a few minutes and one use. */
export const JWT_LIFE_SECONDS = 300;

/**
 * The claims (reference, section 2). `sub` is the id, not the email; a metascope is a claim's name.
 * No `iat`, `nbf` or `jti`: a clock that is a little off would make IMS refuse them.
 *
 * @param exp epoch seconds
 */
export function jwtClaims(
  credentials: Pick<ServiceJwt, 'imsEndpoint' | 'org' | 'id' | 'clientId' | 'metascopes'>,
  exp: number,
): Record<string, string | number | boolean> {
  const ims = hostOf(credentials.imsEndpoint);
  return {
    iss: credentials.org,
    sub: credentials.id,
    aud: `https://${ims}/c/${credentials.clientId}`,
    exp,
    ...Object.fromEntries(credentials.metascopes.map((name) => [`https://${ims}/s/${name}`, true])),
  };
}

/** So much shorter may a JWT live, at random, than `JWT_LIFE_SECONDS`. */
const SPREAD_SECONDS = 60;

/**
 * Makes JWTs that are never the same twice: RS256 has no chance in it and `exp` counts seconds, so
 * the one of a retry within a second would be the one that IMS has used up; and that of another
 * process which started in the same second too, but for some seconds by chance.
 */
export function createJwtSigner(
  credentials: ServiceJwt,
  random: () => number = Math.random,
): (nowMs: number) => Promise<string> {
  let lastExp = 0;
  return async (nowMs) => {
    const life = JWT_LIFE_SECONDS - Math.floor(random() * SPREAD_SECONDS);
    const exp = Math.max(Math.floor(nowMs / 1000) + life, lastExp + 1);
    lastExp = exp;
    return new SignJWT(jwtClaims(credentials, exp))
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT' })
      .sign(credentials.privateKey);
  };
}
