import type { FastifyRequest } from 'fastify';
import type { Client } from '../clients.ts';
import type { Gateway } from '../context.ts';
import { currentGrant } from '../viewers.ts';
import { OAuthError } from './errors.ts';
import { scopeOf } from './scopes.ts';
import type { Token, TokenRequest } from './token.ts';

/**
 * A new access token while the sign-in lasts (RFC 6749, section 6). The device's workflow decides: a
 * logout, another sign-in or a revoked grant ends the refresh token at every gateway at once.
 */
export async function refresh(
  gateway: Gateway,
  client: Client,
  { refresh_token: text, scope: requested }: TokenRequest,
  request: FastifyRequest,
): Promise<Token> {
  if (text === undefined) throw new OAuthError('invalid_request', 'send a refresh_token');
  const token = await gateway.grants.readRefreshToken(text);
  if (!token || token.c !== client.thumbprint) {
    throw new OAuthError('invalid_grant', 'this refresh token was not issued to this client');
  }
  const scope = scopeOf(client, requested, 'tv');
  // Ends move on (trials, degraded access): the workflow tells, by generation and grant.
  const now = await currentGrant(gateway, client, request);
  if (!now?.signedIn || now.generation !== token.g || now.grant !== token.n) {
    throw new OAuthError('invalid_grant', 'the sign-in has ended: begin again');
  }
  return {
    access_token: await gateway.accessTokens.issue(client, scope, token.n),
    scope,
    refresh_token: text,
  };
}
