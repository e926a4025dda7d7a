import { CompactEncrypt, compactDecrypt, errors } from 'jose';
import type { Purpose } from './binding.ts';
import type { KeyRing } from './key-ring.ts';
import { SealedError } from './sealed.ts';

/** Characters of base64url that AES-GCM always takes: 96 bits, and 128. */
const IV_LENGTH = 16;
const TAG_LENGTH = 22;
const SHAPE = /^[A-Za-z0-9_-]{39,}$/;

/**
 * Seals bytes for one purpose where every character counts, as in an address: a compact JWE without
 * its header, which both sides know, so that it is authenticated all the same. No key is named: all
 * of the ring are tried. Nothing but letters, digits, `-` and `_`.
 */
export async function sealBriefly(
  ring: KeyRing,
  content: Uint8Array,
  purpose: Purpose,
): Promise<string> {
  const jwe = await new CompactEncrypt(content)
    .setProtectedHeader(headerFor(purpose))
    .encrypt(ring.sealingKey.secret);
  return jwe.split('.').slice(2).join('');
}

/** @throws SealedError when it was changed, or sealed with another key or for another purpose */
export async function openBriefly(
  ring: KeyRing,
  sealed: string,
  purpose: Purpose,
): Promise<Uint8Array> {
  if (SHAPE.test(sealed)) {
    const iv = sealed.slice(0, IV_LENGTH);
    const ciphertext = sealed.slice(IV_LENGTH, -TAG_LENGTH);
    const header = Buffer.from(JSON.stringify(headerFor(purpose))).toString('base64url');
    const jwe = [header, '', iv, ciphertext, sealed.slice(-TAG_LENGTH)].join('.');
    for (const id of ring.ids) {
      const content = await openWith(jwe, ring.find(id)?.secret);
      if (content) return content;
    }
  }
  throw new SealedError(`not sealed as ${purpose} with a key of the ring (${ring.ids.join(', ')})`);
}

async function openWith(
  jwe: string,
  secret: Uint8Array | undefined,
): Promise<Uint8Array | undefined> {
  if (!secret) return undefined;
  try {
    const options = { keyManagementAlgorithms: ['dir'], contentEncryptionAlgorithms: ['A256GCM'] };
    return (await compactDecrypt(jwe, secret, options)).plaintext;
  } catch (error) {
    if (error instanceof errors.JOSEError) return undefined;
    throw error;
  }
}

function headerFor(purpose: Purpose) {
  return { alg: 'dir', enc: 'A256GCM', brief: purpose } as const;
}
