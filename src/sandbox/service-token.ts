import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { isObject, parseJson } from './base64.ts';
import type { Call } from './call.ts';
import type { Binding, State, StoredProfile } from './state.ts';

/** A public key of the programmer's identity service, as Adobe got it. */
export interface ServiceTokenKey {
  /** PEM. */
  publicKey: string;
  /** Tokens that name another `kid` are not its own. */
  kid?: string;
}

/** What is kept of one. @throws Error for what is no RSA public key */
export function readServiceTokenKey(pem: string): KeyObject {
  let key: KeyObject;
  try {
    key = createPublicKey(pem);
  } catch {
    throw new Error('publicKey is no public key in PEM form');
  }
  if (key.asymmetricKeyType === 'rsa') return key;
  throw new Error(
    `publicKey is of type ${String(key.asymmetricKeyType)}: AD-Service-Token is RS256`,
  );
}

/**
 * Whom `AD-Service-Token` stands for (its header page): signed by RS256 with a key that was handed over,
 * for Adobe, and not over yet. Undefined for every other: the request is served without.
 */
export function subjectOf({ headers }: Call, state: State): string | undefined {
  const token = headers['ad-service-token'];
  if (token === undefined) return undefined;
  state.secrets.add(token);
  const [head = '', payload = '', signature = '', ...rest] = token.split('.');
  const header = jsonOf(head);
  const claims = jsonOf(payload);
  if (rest.length > 0 || header?.['alg'] !== 'RS256' || !claims) return undefined;
  const { iss, sub, aud, iat, exp } = claims;
  if (typeof iss !== 'string' || typeof sub !== 'string' || sub === '') return undefined;
  if (sub.length >= 8) state.secrets.add(sub);
  if (typeof iat !== 'number' || typeof exp !== 'number' || exp * 1000 <= Date.now())
    return undefined;
  if (typeof aud !== 'string' || aud.toLowerCase() !== 'adobe') return undefined;
  const signed = state.serviceTokenKeys.some(
    ({ key, kid }) =>
      (kid === undefined || header['kid'] === undefined || header['kid'] === kid) &&
      verify(
        'RSA-SHA256',
        Buffer.from(`${head}.${payload}`),
        key,
        Buffer.from(signature, 'base64url'),
      ),
  );
  return signed ? JSON.stringify([iss, sub]) : undefined;
}

function jsonOf(part: string): Record<string, unknown> | undefined {
  const parsed = parseJson(Buffer.from(part, 'base64url').toString('utf8'));
  return isObject(parsed) ? parsed : undefined;
}

function keyOf(subject: string, { serviceProvider }: Binding, mvpd: string): string {
  return JSON.stringify([subject, serviceProvider, mvpd]);
}

/** The first sign-in of a subject is for all devices and apps that show the same. */
export function link(state: State, profile: StoredProfile, subject: string | undefined): void {
  if (subject === undefined || !state.serviceTokenSso.has(profile.mvpd)) return;
  profile.subject = subject;
  const key = keyOf(subject, profile, profile.mvpd);
  const known = state.links.get(key);
  if (known === undefined || known.notAfter <= Date.now()) state.links.set(key, profile);
}

/** The sign-in of another device or app of the same subject, for as long as that was made. */
export function linkedProfile(
  state: State,
  binding: Binding,
  mvpd: string,
  subject: string | undefined,
): StoredProfile | undefined {
  if (subject === undefined || !state.serviceTokenSso.has(mvpd)) return undefined;
  const profile = state.links.get(keyOf(subject, binding, mvpd));
  return profile && profile.notAfter > Date.now() ? profile : undefined;
}

/** "Single logout": what the subject signed in with, anywhere, is gone. False where there was nothing. */
export function endLinked(
  state: State,
  binding: Binding,
  mvpd: string,
  subject: string | undefined,
): boolean {
  if (!linkedProfile(state, binding, mvpd, subject) || subject === undefined) return false;
  state.links.delete(keyOf(subject, binding, mvpd));
  for (const [key, profile] of state.profiles) {
    const isOne = profile.subject === subject && profile.mvpd === mvpd;
    if (isOne && profile.serviceProvider === binding.serviceProvider) state.profiles.delete(key);
  }
  return true;
}
