import { type Scope, SCOPES } from '../access-tokens.ts';
import type { Client } from '../clients.ts';
import { OAuthError } from './errors.ts';

/**
 * What a request asks for, if it may: a viewer's token has `tv` only, a TV's own `device` only.
 *
 * @throws OAuthError `invalid_scope`
 */
export function scopeOf(
  { scopes }: Pick<Client, 'scopes'>,
  requested: string | undefined,
  granted: Scope,
): string {
  if (scopes && !scopes.includes(granted)) {
    throw new OAuthError('invalid_scope', `this client registered without the scope ${granted}`);
  }
  const wanted = (requested ?? granted).split(' ').filter(Boolean);
  const unknown = wanted.find((scope) => !SCOPES.some((known) => known === scope));
  if (unknown !== undefined) throw new OAuthError('invalid_scope', 'use the scopes tv or device');
  if (wanted.length > 0 && !wanted.includes(granted)) {
    throw new OAuthError('invalid_scope', `this grant gives the scope ${granted}`);
  }
  return granted;
}
