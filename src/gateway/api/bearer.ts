import type { FastifyRequest } from 'fastify';
import type { Bearer, Scope } from '../access-tokens.ts';
import type { Gateway } from '../context.ts';
import { currentGrant } from '../viewers.ts';
import { Problem } from './problem.ts';

/** A hook that lets in who has a token with one of the scopes (RFC 6750). */
export function needs({ accessTokens }: Pick<Gateway, 'accessTokens'>, ...scopes: Scope[]) {
  return async (request: FastifyRequest): Promise<void> => {
    const token = tokenOf(request.headers.authorization);
    const bearer = await accessTokens.read(token);
    if (!bearer) {
      throw new Problem(401, 'invalid_token', 'the access token has ended or is none of ours', {
        challenge: 'error="invalid_token"',
      });
    }
    if (!scopes.some((scope) => bearer.scopes.includes(scope))) {
      throw new Problem(403, 'insufficient_scope', `this needs the scope ${scopes.join(' or ')}`, {
        challenge: `error="insufficient_scope", scope="${scopes.join(' ')}"`,
      });
    }
    request.bearer = bearer;
  };
}

function tokenOf(authorization = ''): string {
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
  if (now && now.grant !== grant) throw revoked();
}

/** The answer to a viewer's token whose grant was revoked. */
export function revoked(): Problem {
  return new Problem(401, 'invalid_token', 'this access token was revoked', {
    action: 'authentication',
    challenge: 'error="invalid_token"',
  });
}

/** Whose token it is, behind `needs`. */
export function bearerOf({ bearer }: FastifyRequest): Bearer {
  if (bearer) return bearer;
  throw new Error('a route without `needs` has no bearer');
}
