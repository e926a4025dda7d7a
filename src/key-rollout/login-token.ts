import { type Http, HttpFailure } from '../http/index.ts';
import { KeyRolloutError } from './errors.ts';
import type { AemHost } from './host.ts';
import { asRecord, parseJson } from './json.ts';

/** `encapsulated`: any instance with the same key can check it; `opaque`: only who gave it out. */
export type TokenKind = 'encapsulated' | 'opaque';

const COOKIE = 'login-token';
const LOGIN = '/libs/granite/core/content/login.html/j_security_check';
const CURRENT_USER = '/libs/granite/security/currentuser.json';

/**
 * Signs the test user in.
 *
 * @returns the value of the cookie, byte for byte: decoding `%3a` would change it
 * @throws KeyRolloutError `test_user_refused`, which is never tried again, or `login_unusable`
 */
export async function logIn(host: AemHost, http: Http): Promise<string> {
  const { user, password } = host.testUser;
  const form = new URLSearchParams({
    j_username: user,
    j_password: password(),
    j_validate: 'true',
    _charset_: 'utf-8',
  });
  // No Referer: one that isn't the login page itself is refused.
  const answer = await http
    .send({
      url: new URL(LOGIN, host.url),
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: form.toString(),
    })
    .catch((error: unknown) => {
      throw lost(host, error);
    });
  if (answer.status === 403) {
    const reason = answer.headers['x-reason-code'];
    throw new KeyRolloutError({
      code: 'test_user_refused',
      message: `${host.id} refuses the test user ${user} (${typeof reason === 'string' ? reason : 'no reason given'}): it must exist on every instance; else correct AEM_HOST_TEST_USER and AEM_HOST_TEST_PASSWORD of its agent`,
    });
  }
  const cookies = answer.headers['set-cookie'] ?? [];
  for (const cookie of cookies) {
    const [pair = ''] = cookie.split(';');
    const [name = '', ...value] = pair.split('=');
    if (name.trim() === COOKIE && value.join('=') !== '') return value.join('=');
  }
  throw new KeyRolloutError({
    code: 'login_unusable',
    message: `${host.id}: the login of ${user} gives no ${COOKIE} (HTTP ${answer.status}): is another login in front of AEM's own?`,
    retryable: answer.status >= 500 || answer.status === 404,
  });
}

/** Who a cookie stands for, and where its home is; `undefined` for nobody. */
export async function currentUser(
  host: AemHost,
  http: Http,
  token?: string,
): Promise<{ id: string; home: string } | undefined> {
  const answer = await http
    .send({
      url: new URL(CURRENT_USER, host.url),
      ...(token !== undefined && { headers: { cookie: `${COOKIE}=${token}` } }),
    })
    .catch((error: unknown) => {
      throw lost(host, error);
    });
  // The status alone says nothing: anonymous gets 200 as well.
  if ([401, 403, 302].includes(answer.status)) return undefined;
  const { authorizableId: id, home } = asRecord(parseJson(answer.text)) ?? {};
  if (answer.status === 200 && typeof id === 'string') {
    return id === 'anonymous' ? undefined : { id, home: typeof home === 'string' ? home : '' };
  }
  throw new KeyRolloutError({
    code: 'login_unusable',
    message: `${host.id} does not say who is signed in (HTTP ${answer.status}): open ${CURRENT_USER} for the agent`,
    retryable: answer.status >= 500 || answer.status === 404,
  });
}

/** Tells the kinds apart: the middle of an encapsulated one is a signed JWT for the user. */
export function classify(token: string, user: string): TokenKind {
  const [, middle = ''] = decoded(token).split(':');
  const [header = '', payload = '', signature = '', ...rest] = middle.split('.');
  if (signature === '' || rest.length > 0) return 'opaque';
  const { alg } = asRecord(parseJson(fromBase64Url(header))) ?? {};
  const { sub } = asRecord(parseJson(fromBase64Url(payload))) ?? {};
  return alg === 'HS256' && sub === user ? 'encapsulated' : 'opaque';
}

/** Percent-decoded; as it is where it can't be. */
export function decoded(token: string): string {
  try {
    return decodeURIComponent(token);
  } catch {
    return token;
  }
}

function fromBase64Url(text: string): string {
  return Buffer.from(text, 'base64url').toString();
}

/** No answer at all: AEM may be restarting. */
export function lost(host: AemHost, error: unknown): unknown {
  if (!(error instanceof HttpFailure)) return error;
  return new KeyRolloutError({
    code: 'login_unusable',
    message: `${host.id} at ${host.url} does not answer (${error.code}): ${error.hint}`,
    retryable: error.retryable,
  });
}
