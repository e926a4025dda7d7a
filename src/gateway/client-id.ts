import { decodeJwt, decodeProtectedHeader, errors } from 'jose';
import { z } from 'zod';
import { typeOf } from './signed.ts';

const content = z.object({ app: z.string(), installation: z.string() });

/**
 * Whom a client id names, for commands that have no keys: nothing is verified. Undefined for whatever
 * is no client id, such as an installation's own id.
 */
export function namedBy(clientId: string): z.infer<typeof content> | undefined {
  try {
    if (decodeProtectedHeader(clientId).typ !== typeOf('client')) return undefined;
    return content.safeParse(decodeJwt(clientId)).data;
  } catch (error) {
    if (error instanceof errors.JOSEError || error instanceof TypeError) return undefined;
    throw error;
  }
}
