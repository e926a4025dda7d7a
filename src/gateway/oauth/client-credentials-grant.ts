import type { Client } from '../clients.ts';
import type { Gateway } from '../context.ts';
import { scopeOf } from './scopes.ts';
import type { Token, TokenRequest } from './token.ts';

/** A token for the TV itself, while nobody is signed in (RFC 6749, section 4.4). */
export async function clientCredentials(
  { accessTokens }: Gateway,
  client: Client,
  { scope: requested }: TokenRequest,
): Promise<Token> {
  const scope = scopeOf(client, requested, 'device');
  return { access_token: await accessTokens.issue(client, scope), scope };
}
