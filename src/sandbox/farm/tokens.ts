import { createHmac, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import type { Keys } from './key-files.ts';

const LIFE_S = 43_200;

/** The stateful kind: known to the instance that gave it out, and to nobody else. */
export class OpaqueTokens {
  readonly #users = new Map<string, string>();

  issue(user: string): string {
    const value = `${randomUUID()}:${randomBytes(24).toString('base64url')}:crx.default`;
    this.#users.set(value, user);
    return value;
  }

  userOf(value: string): string | undefined {
    return this.#users.get(value);
  }

  clear(): void {
    this.#users.clear();
  }
}

/** The stateless kind: signed with the shared key. */
export function issueEncapsulated({ hmac }: Keys, user: string): string {
  const iat = Math.floor(Date.now() / 1000);
  const part = (json: unknown) => Buffer.from(JSON.stringify(json)).toString('base64url');
  const claims = { sub: user, exp: iat + LIFE_S, iat, scope: 'login' };
  const signed = `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}`;
  return `login:${signed}.${signature(hmac, signed).toString('base64url')}:crx.default`;
}

/** Who it is for, where its signature and times are right. */
export function encapsulatedUser({ hmac }: Keys, value: string): string | undefined {
  const [kind, jwt = '', workspace, ...rest] = value.split(':');
  const [header = '', payload = '', signed = '', ...more] = jwt.split('.');
  if (kind !== 'login' || workspace !== 'crx.default' || rest.length + more.length > 0) return;
  const given = Buffer.from(signed, 'base64url');
  const right = signature(hmac, `${header}.${payload}`);
  if (given.length !== right.length || !timingSafeEqual(given, right)) return;
  const { alg } = JSON.parse(Buffer.from(header, 'base64url').toString()) as { alg?: string };
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as {
    sub?: string;
    exp?: number;
    scope?: string;
  };
  const current = claims.exp !== undefined && claims.exp > Date.now() / 1000;
  return alg === 'HS256' && claims.scope === 'login' && current ? claims.sub : undefined;
}

function signature(hmac: Buffer, text: string): Buffer {
  return createHmac('sha256', hmac).update(text).digest();
}

/** On the wire a colon is `%3a`, in small letters. */
export function onTheWire(value: string): string {
  return value.replaceAll(':', '%3a');
}
