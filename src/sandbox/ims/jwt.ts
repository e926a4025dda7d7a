import { createHash, verify } from 'node:crypto';
import type { Account } from './accounts.ts';
import { Refusal } from './refusal.ts';

/** What IMS judges a JWT by. */
export interface Judging {
  account: Account;
  /** Host of this IMS, as it stands in `aud` and the metascopes. */
  host: string;
  /** Epoch milliseconds. */
  now: number;
  /** JWTs that came before, by hash. */
  used: Set<string>;
  /** The error of a bad signature: documented is one, live the other. */
  signatureError: 'invalid_token' | 'invalid_signature';
}

type Claims = Record<string, unknown>;

const invalid = (why: string) => new Refusal(400, 'invalid_token', why);

/** Checks a JWT as IMS does: form, claims, life, signature, metascopes, single use. */
export function checkJwt(jwt: string, { account, host, now, used, signatureError }: Judging): void {
  const [head = '', payload = '', signature = '', ...rest] = jwt.split('.');
  const header = decode(head);
  const claims = decode(payload);
  if (!header || !claims || signature === '' || rest.length > 0) {
    throw invalid('Could not decode JWT');
  }
  if (header['alg'] !== 'RS256') throw invalid('JWT algorithm is not RS256');
  checkClaims(claims, account, host, now);
  const content = Buffer.from(`${head}.${payload}`);
  const signed = account.certificates.some(
    ({ validTo, publicKey }) =>
      Date.parse(validTo) > now &&
      verify('sha256', content, publicKey, Buffer.from(signature, 'base64url')),
  );
  if (!signed)
    throw new Refusal(400, signatureError, 'Could not match JWT signature to any of the bindings');
  checkMetascopes(claims, account, host);
  const hash = createHash('sha256').update(jwt).digest('hex');
  if (used.has(hash)) throw invalid('JWT was used before');
  used.add(hash);
}

function checkClaims(claims: Claims, { clientId, id, org }: Account, host: string, now: number) {
  const { exp, jti, iat, iss, sub, aud } = claims;
  if (typeof exp !== 'number' || !Number.isInteger(exp)) {
    throw invalid('the exp claim is incorrectly formatted');
  }
  if (jti !== undefined && !Number.isInteger(jti)) throw invalid('the jti claim is not an integer');
  if (iat !== undefined && !Number.isInteger(iat)) throw invalid('the iat claim is not an integer');
  if (exp * 1000 <= now) throw invalid('JWT token has expired');
  // No maximum is documented today; what ends in a day or more counts milliseconds.
  if (exp * 1000 > now + 86_400_000) throw invalid('the exp claim is too far ahead');
  if (iss !== org) throw invalid('the iss claim is not the organization');
  if (sub !== id) throw invalid('the sub claim is not the technical account');
  const audience = `https://${host}/c/`;
  if (typeof aud !== 'string' || !aud.startsWith(audience)) throw invalid('the aud claim is wrong');
  if (aud !== `${audience}${clientId}`) {
    throw new Refusal(400, 'invalid_client', 'the aud claim names another client');
  }
}

function checkMetascopes(claims: Claims, { scopes }: Account, host: string): void {
  const prefix = `https://${host}/s/`;
  const asked = Object.entries(claims).filter(([name]) => name.startsWith(prefix));
  const bound = asked.every(
    ([name, value]) => value === true && scopes.includes(name.slice(prefix.length)),
  );
  if (asked.length === 0 || !bound) {
    throw new Refusal(400, 'invalid_scope', 'a metascope is missing or not bound to the account');
  }
}

function decode(part: string): Claims | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
