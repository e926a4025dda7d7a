import type { webcrypto } from 'node:crypto';
import { CompactEncrypt, compactDecrypt, decodeProtectedHeader, errors } from 'jose';
import { type Binding, boundTo, mayBeUnbound } from './binding.ts';
import type { KeyRing } from './key-ring.ts';

declare const content: unique symbol;

/**
 * A value that only holders of the key ring can read: a compact JWE (`dir`, `A256GCM`, key id and
 * binding in the protected header). Temporal keeps every input and result for months, so a secret
 * crosses it only so.
 */
export type Sealed<T> = string & { readonly [content]: T };

/** A sealed value can't be opened. The message names the key id or the purpose, never the content. */
export class SealedError extends Error {
  override name = 'SealedError';
}

/** Sealed with a key that this ring lacks: another process may have it. */
export class MissingKeyError extends SealedError {
  override name = 'MissingKeyError';
}

/**
 * Seals a JSON value with the first key of the ring, for one purpose and owner. `undefined` fields
 * are dropped, as JSON does.
 */
export async function seal<T>(ring: KeyRing, value: T, binding: Binding): Promise<Sealed<T>> {
  const key = ring.sealingKey;
  const sealed = await new CompactEncrypt(new TextEncoder().encode(JSON.stringify(value)))
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid: key.id, for: boundTo(binding) })
    .encrypt(await imported(key.secret));
  return sealed as Sealed<T>;
}

const importedKeys = new WeakMap<Uint8Array, Promise<webcrypto.CryptoKey>>();

/** Each key once: to import it costs as much as to seal with it. */
async function imported(secret: Uint8Array): Promise<webcrypto.CryptoKey> {
  const known = importedKeys.get(secret);
  if (known) return known;
  const key = crypto.subtle.importKey('raw', Uint8Array.from(secret), 'AES-GCM', false, [
    'encrypt',
    'decrypt',
  ]);
  importedKeys.set(secret, key);
  return key;
}

/**
 * @throws SealedError when the value is not sealed, was changed, its key is not in the ring, or it
 *   was sealed for another purpose or owner.
 */
export async function open<T>(ring: KeyRing, sealed: Sealed<T>, binding: Binding): Promise<T> {
  const kid = keyId(sealed);
  const key = ring.find(kid);
  if (!key) {
    throw new MissingKeyError(
      `sealed with key ${kid}, which is not in the ring (${ring.ids.join(', ')}): add it to DEVICEPASS_KEYS`,
    );
  }
  try {
    const { plaintext, protectedHeader } = await compactDecrypt(
      sealed,
      await imported(key.secret),
      {
        keyManagementAlgorithms: ['dir'],
        contentEncryptionAlgorithms: ['A256GCM'],
      },
    );
    mustBeFor(ring, kid, protectedHeader['for'], binding);
    return JSON.parse(new TextDecoder().decode(plaintext)) as T;
  } catch (error) {
    if (error instanceof errors.JOSEError) {
      throw new SealedError(`can't be opened with key ${kid}: it was changed, or the key differs`);
    }
    throw error;
  }
}

/**
 * Whether a newer key seals by now, or the value has no binding yet: whoever stores it should store
 * it sealed anew.
 */
export function needsResealing(ring: KeyRing, sealed: Sealed<unknown>): boolean {
  return keyId(sealed) !== ring.sealingKey.id || headerOf(sealed)['for'] === undefined;
}

/** Only here once the header is known to be ours. */
function mustBeFor(ring: KeyRing, kid: string, sealedFor: unknown, binding: Binding): void {
  if (sealedFor === boundTo(binding)) return;
  if (sealedFor === undefined) {
    if (mayBeUnbound(binding) && ring.opensUnbound(kid)) return;
    throw new SealedError(
      `not sealed for ${binding.purpose}, nor for anything: key ${kid} opens no value from before bindings`,
    );
  }
  const [purpose] = typeof sealedFor === 'string' ? sealedFor.split('.') : [];
  throw new SealedError(
    purpose === binding.purpose
      ? `sealed as ${purpose} of another owner: it was moved here`
      : `sealed as ${purpose}, not as ${binding.purpose}: it was moved here`,
  );
}

function keyId(sealed: string): string {
  const { kid } = headerOf(sealed);
  if (kid) return kid;
  throw notSealed();
}

function headerOf(sealed: string) {
  try {
    return decodeProtectedHeader(sealed);
  } catch {
    throw notSealed(); // the same one line for whatever isn't a JWE of ours
  }
}

function notSealed(): SealedError {
  return new SealedError('not a sealed value of devicepass');
}
