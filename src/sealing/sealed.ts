import { CompactEncrypt, compactDecrypt, decodeProtectedHeader, errors } from 'jose';
import type { KeyRing } from './key-ring.ts';

declare const content: unique symbol;

/**
 * A value that only holders of the key ring can read: a compact JWE (`dir`, `A256GCM`, key id in
 * the header). Temporal keeps every input and result for months, so a secret crosses it only so.
 */
export type Sealed<T> = string & { readonly [content]: T };

/** A sealed value can't be opened. The message names the key id, never the content. */
export class SealedError extends Error {
  override name = 'SealedError';
}

/** Seals a JSON value with the first key of the ring. `undefined` fields are dropped, as JSON does. */
export async function seal<T>(ring: KeyRing, value: T): Promise<Sealed<T>> {
  const key = ring.sealingKey;
  const sealed = await new CompactEncrypt(new TextEncoder().encode(JSON.stringify(value)))
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid: key.id })
    .encrypt(key.secret);
  return sealed as Sealed<T>;
}

/** @throws SealedError when the value is not sealed, was changed, or its key is not in the ring. */
export async function open<T>(ring: KeyRing, sealed: Sealed<T>): Promise<T> {
  const kid = keyId(sealed);
  const key = ring.find(kid);
  if (!key) {
    throw new SealedError(
      `sealed with key ${kid}, which is not in the ring (${ring.ids.join(', ')}): add it to DEVICEPASS_KEYS`,
    );
  }
  try {
    const { plaintext } = await compactDecrypt(sealed, key.secret, {
      keyManagementAlgorithms: ['dir'],
      contentEncryptionAlgorithms: ['A256GCM'],
    });
    return JSON.parse(new TextDecoder().decode(plaintext)) as T;
  } catch (error) {
    if (error instanceof errors.JOSEError) {
      throw new SealedError(`can't be opened with key ${kid}: it was changed, or the key differs`);
    }
    throw error;
  }
}

/** Whether a newer key seals by now: whoever stores the value should store it sealed anew. */
export function needsResealing(ring: KeyRing, sealed: Sealed<unknown>): boolean {
  return keyId(sealed) !== ring.sealingKey.id;
}

function keyId(sealed: string): string {
  try {
    const { kid } = decodeProtectedHeader(sealed);
    if (kid) return kid;
  } catch {
    // falls through: the same one line for whatever isn't a JWE of ours
  }
  throw new SealedError('not a sealed value of devicepass');
}
