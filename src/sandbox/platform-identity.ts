import { createCipheriv, createDecipheriv, createHmac, randomBytes, randomUUID } from 'node:crypto';
import type { Call } from './call.ts';
import { isObject, parseJson } from './base64.ts';
import type { State } from './state.ts';

/** A platform that says who its viewer is, by a header of its own ("Platform identity"). */
export type Platform = 'amazon' | 'roku';

/** A token to be made. */
export interface PlatformTokenWanted {
  platform: Platform;
  /** The viewer, as the platform knows them. */
  subject: string;
  /** Signed or encrypted. Default `jws`. */
  form?: 'jws' | 'jwe' | undefined;
  /** From now on; in the past where negative. Default an hour. */
  expiresInMs?: number | undefined;
  /** Of somebody else's making: Adobe can't read it. Default false. */
  broken?: boolean | undefined;
}

const headers: Readonly<Record<Platform, string>> = {
  amazon: 'adobe-subject-token',
  roku: 'x-roku-reserved-roku-connect-token',
};

const secret = createHmac('sha256', 'sandbox').update('platform identities').digest();

/** What the library of a platform gives an app; remembered as a secret. */
export function platformToken(state: State, wanted: PlatformTokenWanted): string {
  const { platform, subject, form = 'jws', expiresInMs = 3_600_000, broken = false } = wanted;
  const key = broken ? randomBytes(32) : secret;
  const now = Date.now();
  const claims = JSON.stringify({
    iss: platform,
    sub: subject,
    iat: Math.floor(now / 1000),
    exp: Math.floor((now + expiresInMs) / 1000),
    jti: randomUUID(),
  });
  const token = form === 'jwe' ? encrypted(claims, key) : signed(claims, key);
  state.secrets.add(token);
  return token;
}

/**
 * Whom the platform of a call vouches for. A token that is missing, has run out or can't be read is no
 * error: the call is served without single sign-on.
 */
export function platformIdentity(call: Call, state: State): string | undefined {
  for (const platform of ['amazon', 'roku'] as const) {
    const token = call.headers[headers[platform]];
    if (token === undefined) continue;
    state.secrets.add(token);
    const claims = parseJson(claimsOf(token) ?? '');
    if (!isObject(claims) || claims['iss'] !== platform) continue;
    const { sub, exp } = claims;
    if (typeof sub !== 'string' || typeof exp !== 'number' || exp * 1000 <= Date.now()) continue;
    return `${platform}:${sub}`;
  }
  return undefined;
}

function claimsOf(token: string): string | undefined {
  const parts = token.split('.');
  return parts.length === 3 ? verified(parts) : decrypted(parts);
}

function signed(claims: string, key: Buffer): string {
  const text = `${part('{"alg":"HS256"}')}.${part(claims)}`;
  return `${text}.${signatureOf(text, key)}`;
}

function verified([head, body, signature]: string[]): string | undefined {
  const isOurs = signature === signatureOf(`${head}.${body}`, secret);
  return isOurs ? Buffer.from(body ?? '', 'base64url').toString() : undefined;
}

function signatureOf(text: string, key: Buffer): string {
  return createHmac('sha256', key).update(text).digest('base64url');
}

/** Compact JWE with a direct key: its second part is empty (RFC 7516). */
function encrypted(claims: string, key: Buffer): string {
  const head = part('{"alg":"dir","enc":"A256GCM"}');
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(head));
  const text = Buffer.concat([cipher.update(claims), cipher.final()]);
  return [
    head,
    '',
    ...[iv, text, cipher.getAuthTag()].map((one) => one.toString('base64url')),
  ].join('.');
}

function decrypted([head = '', , iv = '', text = '', tag = '']: string[]): string | undefined {
  try {
    const bytes = (given: string) => Buffer.from(given, 'base64url');
    const cipher = createDecipheriv('aes-256-gcm', secret, bytes(iv))
      .setAAD(Buffer.from(head))
      .setAuthTag(bytes(tag));
    return Buffer.concat([cipher.update(bytes(text)), cipher.final()]).toString();
  } catch {
    return undefined;
  }
}

function part(text: string): string {
  return Buffer.from(text).toString('base64url');
}
