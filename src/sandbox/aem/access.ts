import { Refusal, emptyUnauthorized, loginPage, loginRedirect } from './answer.ts';
import type { AemSandboxSettings, AemUser, TokenLookup } from './options.ts';
import type { Request } from './request.ts';
import type { Fragment } from './titles.ts';

/** Nobody: what everybody is who doesn't prove otherwise. */
export const anonymous: AemUser = { id: 'anonymous', reads: false, writes: false };

/**
 * Who is asking. A bad token is no error where anonymous may read: the request goes on as
 * anonymous. Author lets nobody in without a login, and shows browsers the way to it.
 */
export function userOf(
  request: Request,
  settings: AemSandboxSettings,
  tokens: TokenLookup,
): AemUser {
  const user = claimed(request, settings, tokens);
  if (user !== anonymous || request.tier !== 'author') return user;
  const { 'user-agent': agent = '', 'x-requested-with': by, j_validate } = request.headers;
  if (/mozilla|opera/i.test(agent)) {
    throw new Refusal(settings.login === 'page' ? loginPage : loginRedirect(request.path));
  }
  if (by === 'XMLHttpRequest' || j_validate !== undefined) {
    const headers = { 'x-reason': 'Authentication Failed', 'x-reason-code': 'invalid_login' };
    throw new Refusal({ status: 403, headers });
  }
  throw new Refusal(emptyUnauthorized);
}

function claimed(
  { headers, tier }: Request,
  { basicLogin }: AemSandboxSettings,
  tokens: TokenLookup,
): AemUser {
  const [scheme = '', value = ''] = (headers['authorization'] ?? '').split(' ');
  if (scheme === 'Basic' && tier === 'author') {
    return Buffer.from(value, 'base64').toString() === basicLogin
      ? { id: basicLogin.split(':')[0] ?? '', reads: true, writes: true }
      : anonymous;
  }
  if (scheme !== 'Bearer') return anonymous;
  const user = tokens(value) ?? anonymous;
  if (user === 'expired') throw new Refusal(emptyUnauthorized);
  return user;
}

/** The fragments that a user sees on a tier; the rest is silently absent. */
export function visibleTo(
  user: AemUser,
  { tier }: Pick<Request, 'tier'>,
  fragments: readonly Fragment[],
): readonly Fragment[] {
  if (tier === 'author') return user.reads ? fragments : [];
  return fragments.filter(
    ({ stage, membersOnly }) =>
      (stage === 'published' || (stage === 'preview' && tier === 'preview')) &&
      (!membersOnly || user.reads),
  );
}
