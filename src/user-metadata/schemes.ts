import { constants, type KeyObject, privateDecrypt } from 'node:crypto';
import { compactDecrypt, decodeProtectedHeader } from 'jose';
import { messageOfOaep, messageOfPkcs1 } from './padding.ts';

/**
 * How Adobe may have encrypted an attribute with the programmer's certificate. The pages of REST API V2
 * are silent ("User metadata"); older ones speak of Base64 and RSA without the padding, or of a JWE.
 */
export const SCHEMES = [
  'rsa-oaep',
  'rsa-oaep-256',
  'rsa-oaep-256-mgf1-sha1',
  'rsa-pkcs1',
  'jwe',
] as const;

/** One of {@link SCHEMES}: `rsa-oaep` has SHA-1 in both places, `rsa-oaep-256` SHA-256. */
export type Scheme = (typeof SCHEMES)[number];

/** What a value looks like, whoever it is for. */
export type Shape =
  | { kind: 'rsa'; bytes: Buffer }
  | { kind: 'jwe'; jwe: string; algorithm: string }
  | { kind: 'other' };

/** Reads blanks, line breaks and both alphabets of Base64 past. */
export function shapeOf(value: string): Shape {
  const text = value.replaceAll(/\s/g, '');
  if (/^[\w-]+(?:\.[\w-]*){4}$/.test(text)) {
    const algorithm = algorithmOf(text);
    return algorithm === undefined ? { kind: 'other' } : { kind: 'jwe', jwe: text, algorithm };
  }
  if (!/^[\w+/-]+=*$/.test(text)) return { kind: 'other' };
  const bytes = Buffer.from(text, 'base64');
  // Keys of 1024 to 8192 bits.
  const isBlock = bytes.length >= 128 && bytes.length <= 1_024 && bytes.length % 64 === 0;
  return isBlock ? { kind: 'rsa', bytes } : { kind: 'other' };
}

/** Key management that a JWE may name. RSA1_5 is refused, as RFC 8725 advises. */
export const JWE_ALGORITHMS = ['RSA-OAEP', 'RSA-OAEP-256', 'RSA-OAEP-384', 'RSA-OAEP-512'];

/** @returns undefined where this key does not open it by this scheme */
export async function openedWith(
  scheme: Scheme,
  key: KeyObject,
  shape: Exclude<Shape, { kind: 'other' }>,
): Promise<string | undefined> {
  try {
    const plain =
      shape.kind === 'jwe'
        ? await openedJwe(key, shape.jwe)
        : openedBlock(scheme, key, shape.bytes);
    return plain && textOf(plain);
  } catch {
    return undefined; // OpenSSL and jose tell a wrong key by errors that help nobody
  }
}

async function openedJwe(key: KeyObject, jwe: string): Promise<Uint8Array> {
  const { plaintext } = await compactDecrypt(jwe, key, { keyManagementAlgorithms: JWE_ALGORITHMS });
  return plaintext;
}

function openedBlock(scheme: Scheme, key: KeyObject, bytes: Buffer): Buffer | undefined {
  const bare = () => privateDecrypt({ key, padding: constants.RSA_NO_PADDING }, bytes);
  const oaep = (oaepHash: string) =>
    privateDecrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash }, bytes);
  switch (scheme) {
    case 'rsa-oaep':
      return oaep('sha1');
    case 'rsa-oaep-256':
      return oaep('sha256');
    case 'rsa-oaep-256-mgf1-sha1':
      return messageOfOaep(bare(), { hash: 'sha256', maskHash: 'sha1' });
    case 'rsa-pkcs1':
      return messageOfPkcs1(bare());
    case 'jwe':
      return undefined;
  }
}

/** Of 100,000 wrong keys one leaves bytes that look padded by PKCS#1 v1.5: those are no text. */
function textOf(plain: Uint8Array): string | undefined {
  const text = new TextDecoder('utf-8', { fatal: true }).decode(plain);
  return /[\p{Cc}\p{Cn}]/u.test(text.replaceAll(/[\t\r\n]/g, '')) ? undefined : text;
}

function algorithmOf(jwe: string): string | undefined {
  try {
    const { alg } = decodeProtectedHeader(jwe);
    return typeof alg === 'string' ? alg : undefined;
  } catch {
    return undefined;
  }
}
