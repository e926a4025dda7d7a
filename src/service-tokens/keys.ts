import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPair,
  type KeyObject,
} from 'node:crypto';
import { promisify } from 'node:util';

/** A key can't be used. The message is one line, and repeats nothing of it. */
export class ServiceTokenKeyError extends Error {
  override name = 'ServiceTokenKeyError';
}

const LEAST_BITS = 2_048;

/** @throws ServiceTokenKeyError for what is no RSA private key of 2,048 bits or more */
export function readPrivateKey(pem: string): KeyObject {
  if (pem.includes('ENCRYPTED')) {
    throw new ServiceTokenKeyError('is encrypted with a passphrase: give it without');
  }
  if (pem.includes('PUBLIC KEY-----') || pem.includes('CERTIFICATE-----')) {
    throw new ServiceTokenKeyError('holds no private key, but what is public');
  }
  return goodRsa(read(() => createPrivateKey(pem), 'private'));
}

const PUBLIC = /-----BEGIN ((?:RSA )?PUBLIC KEY|CERTIFICATE)-----[^]+?-----END \1-----/g;

/**
 * All public keys of a text: PEM (keys or certificates, one after the other) or a JWKS.
 *
 * @throws ServiceTokenKeyError where there is none, or one that is not RSA
 */
export function readPublicKeys(text: string): KeyObject[] {
  if (text.includes('PRIVATE KEY-----')) {
    throw new ServiceTokenKeyError('holds a private key: give the public one, and change that key');
  }
  const keys = text.trimStart().startsWith('{')
    ? jwksOf(text)
    : [...text.matchAll(PUBLIC)].map(([pem]) => read(() => createPublicKey(pem), 'public'));
  if (keys.length > 0) return keys.map(goodRsa);
  throw new ServiceTokenKeyError('holds no public key: give PEM or a JWKS');
}

function jwksOf(text: string): KeyObject[] {
  return read(() => {
    const { keys } = JSON.parse(text) as { keys: object[] };
    return keys.map((key) => {
      if ('d' in key) throw new ServiceTokenKeyError('holds a private key: give the public one');
      return createPublicKey({ key: { ...key }, format: 'jwk' });
    });
  }, 'public');
}

function read<T>(make: () => T, kind: string): T {
  try {
    return make();
  } catch (error) {
    if (error instanceof ServiceTokenKeyError) throw error;
    throw new ServiceTokenKeyError(`is no ${kind} key that can be read: give PEM`);
  }
}

function goodRsa(key: KeyObject): KeyObject {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  if (type !== 'rsa') {
    throw new ServiceTokenKeyError(
      `is a key for ${String(type)}: AD-Service-Token is RS256, give RSA`,
    );
  }
  const bits = details?.modulusLength ?? 0;
  if (bits >= LEAST_BITS) return key;
  throw new ServiceTokenKeyError(`has ${bits} bits: give ${LEAST_BITS} at least`);
}

/** The RFC 7638 thumbprint of a public key: what one is called that has no other name. */
export function thumbprintOf(key: KeyObject): string {
  const { e, kty, n } = key.export({ format: 'jwk' });
  return createHash('sha256').update(JSON.stringify({ e, kty, n })).digest('base64url');
}

/** A fresh pair, as PEM. */
export async function generateServiceTokenKey(): Promise<{
  privateKey: string;
  publicKey: string;
  keyId: string;
}> {
  const pair = await promisify(generateKeyPair)('rsa', { modulusLength: LEAST_BITS });
  return {
    privateKey: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicKey: pair.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    keyId: thumbprintOf(pair.publicKey),
  };
}
