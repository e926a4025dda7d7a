import { createLocalJWKSet, decodeJwt, errors, jwtVerify } from 'jose';
import { BACKEND_ALGORITHMS } from './statements.ts';
import type { Trust } from './trust.ts';

/** A backend signs for some minutes, and may use what it signed for many requests. Seconds. */
const LIFE_S = 600;

/**
 * The app whose backend signed this, by the keys in the file of trust (as in RFC 7523: `iss` is the
 * app, `aud` the address that is asked). Undefined for everything else: the statements of backends,
 * which TVs hold, are for another audience.
 */
export async function readBackend(
  token: string,
  { trust, audience }: { trust: Trust; audience: string },
): Promise<string | undefined> {
  try {
    const { iss: app } = decodeJwt<{ iss: unknown }>(token);
    if (typeof app !== 'string') return undefined;
    const keys = trust.backendKeys(app);
    if (!keys) return undefined;
    const { payload } = await jwtVerify(token, createLocalJWKSet(keys), {
      audience,
      issuer: app,
      requiredClaims: ['iat', 'exp'],
      maxTokenAge: LIFE_S,
      clockTolerance: 60, // seconds
      algorithms: [...BACKEND_ALGORITHMS],
    });
    const { iat = 0, exp = Infinity } = payload;
    return exp - iat <= LIFE_S ? app : undefined;
  } catch (error) {
    if (error instanceof errors.JOSEError) return undefined;
    throw error;
  }
}
