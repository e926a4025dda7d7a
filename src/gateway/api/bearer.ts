import type { FastifyRequest } from 'fastify';
import { decodeJwt, errors } from 'jose';
import type { Bearer, Scope } from '../access-tokens.ts';
import type { Gateway } from '../context.ts';
import { currentGrant } from '../viewers.ts';
import { Problem } from './problem.ts';

/** Lets in who has a token with one of the scopes (RFC 6750), and says so in `/openapi.json`. */
export function needs({ accessTokens }: Pick<Gateway, 'accessTokens'>, ...scopes: Scope[]) {
  const onRequest = async (request: FastifyRequest): Promise<void> => {
    const token = tokenOf(request.headers.authorization);
    const bearer = await accessTokens.read(token);
    if (!bearer) {
      throw invalidToken(
        hasEnded(token)
          ? 'this access token has ended: refresh it'
          : 'this access token is none of ours: get a new one',
      );
    }
    if (!scopes.some((scope) => bearer.scopes.includes(scope))) {
      const message = `this needs the scope ${scopes.join(' or ')}: sign in first`;
      throw new Problem(403, 'insufficient_scope', message, {
        challenge: `error="insufficient_scope", scope="${scopes.join(' ')}"`,
      });
    }
    request.bearer = bearer;
  };
  return { onRequest, security: scopes.map((scope) => ({ bearer: [scope] })) };
}

/** For the words of a refusal only: nothing of the token was verified. */
function hasEnded(token: string): boolean {
  try {
    const { exp } = decodeJwt(token);
    return exp !== undefined && exp * 1000 <= Date.now();
  } catch (error) {
    if (error instanceof errors.JOSEError) return false;
    throw error;
  }
}

/**
 * What stands behind `Bearer`.
 *
 * @throws Problem 401 `token_missing`, 400 `invalid_request`
 */
export function tokenOf(authorization = ''): string {
  const [, token] = /^bearer +([A-Za-z0-9._~+/-]+=*) *$/i.exec(authorization) ?? [];
  if (token !== undefined) return token;
  if (/^bearer\b/i.test(authorization)) {
    throw new Problem(400, 'invalid_request', 'send one access token behind Bearer', {
      challenge: 'error="invalid_request"',
    });
  }
  throw new Problem(401, 'token_missing', 'send an access token', { challenge: '' });
}

/**
 * A viewer's token ends with its grant, not only after ten minutes (RFC 7009, section 2.1): for
 * whatever is done in the viewer's name, or to the TV.
 *
 * @throws Problem 401 `invalid_token`
 */
export async function checkGrant(gateway: Gateway, request: FastifyRequest): Promise<void> {
  const { client, grant } = bearerOf(request);
  if (grant === undefined) return;
  const now = await currentGrant(gateway, client, request);
  if (now?.grant !== grant) throw revoked();
}

/** The answer to a viewer's token whose grant was revoked. */
export function revoked(): Problem {
  return invalidToken('the grant of this access token has ended: ask for a new code');
}

/** The answer to a token that is not to be believed. */
export function invalidToken(message: string): Problem {
  return new Problem(401, 'invalid_token', message, {
    action: 'authentication',
    challenge: 'error="invalid_token"',
  });
}

/** Whose token it is, behind `needs`. */
export function bearerOf({ bearer }: FastifyRequest): Bearer {
  if (bearer) return bearer;
  throw new Error('a route without `needs` has no bearer');
}
