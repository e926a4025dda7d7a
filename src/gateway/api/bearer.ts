import type { FastifyRequest } from 'fastify';
import type { Bearer, Scope } from '../access-tokens.ts';
import type { Gateway } from '../context.ts';
import { Problem } from './problem.ts';

/** A hook that lets in who has a token with one of the scopes (RFC 6750). */
export function needs({ accessTokens }: Pick<Gateway, 'accessTokens'>, ...scopes: Scope[]) {
  return async (request: FastifyRequest): Promise<void> => {
    const [, token] = /^bearer +([^\s]+) *$/i.exec(request.headers.authorization ?? '') ?? [];
    if (token === undefined) {
      throw new Problem(401, 'token_missing', 'send an access token', { challenge: '' });
    }
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

/** Whose token it is, behind `needs`. */
export function bearerOf({ bearer }: FastifyRequest): Bearer {
  if (bearer) return bearer;
  throw new Error('a route without `needs` has no bearer');
}
