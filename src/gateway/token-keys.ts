import { generateKeyPair, exportJWK, importJWK, type CryptoKey, type JWK } from 'jose';

/** One imported ES256 key. */
interface TokenKey {
  kid: string;
  privateKey: CryptoKey;
  publicKey: CryptoKey;
  publicJwk: JWK;
}

/**
 * Keys of access tokens. The first signs, all verify, and `/.well-known/jwks.json` shows all: so a
 * key that joins last and moves to the front later signs nobody out.
 */
export class TokenKeys {
  readonly #keys: readonly TokenKey[];

  private constructor(keys: readonly TokenKey[]) {
    this.#keys = keys;
  }

  /** @throws Error for a JWK that is no private P-256 key */
  static async import(jwks: readonly JWK[]): Promise<TokenKeys> {
    return new TokenKeys(await Promise.all(jwks.map(importTokenKey)));
  }

  get signing(): TokenKey {
    const [first] = this.#keys;
    if (!first) throw new Error('no key for access tokens');
    return first;
  }

  find(kid: string | undefined): CryptoKey | undefined {
    return this.#keys.find((key) => key.kid === kid)?.publicKey;
  }

  /** RFC 7517 */
  get jwks(): { keys: JWK[] } {
    return { keys: this.#keys.map(({ publicJwk }) => publicJwk) };
  }
}

/** A fresh private key; its id is the day it was made and a piece of its public part. */
export async function generateTokenKey(now = new Date()): Promise<JWK> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk = await exportJWK(privateKey);
  const kid = `${now.toISOString().slice(0, 10)}-${String(jwk.x).slice(0, 6)}`;
  return { ...jwk, kid, alg: 'ES256', use: 'sig' };
}

async function importTokenKey({ kty, crv, x, y, d, kid }: JWK): Promise<TokenKey> {
  if (kty !== 'EC' || crv !== 'P-256' || !x || !y || !d || !kid) {
    throw new Error('a key of access tokens is no private EC P-256 JWK with a kid');
  }
  const open = { kty, crv, x, y };
  const [privateKey, publicKey] = await Promise.all([
    importJWK({ ...open, d }, 'ES256'),
    importJWK(open, 'ES256'),
  ]);
  if (privateKey instanceof Uint8Array || publicKey instanceof Uint8Array) {
    throw new Error('a key of access tokens is not asymmetric');
  }
  return { kid, privateKey, publicKey, publicJwk: { ...open, kid, alg: 'ES256', use: 'sig' } };
}
