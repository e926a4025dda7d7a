import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { KeyRolloutError } from './errors.ts';

/** The two key files of an instance. Whoever holds `hmac` can sign in as anybody. */
export interface KeyPair {
  hmac: Buffer;
  master: Buffer;
}

/** SHA-256 of both files, hexadecimal. The keys are random, so these give nothing away. */
export interface Fingerprints {
  hmac: string;
  master: string;
}

/** Both names, in the order in which files are replaced. */
export const KEY_NAMES = ['hmac', 'master'] as const;

/**
 * Both files of a folder.
 *
 * @throws KeyRolloutError `keys_missing` when one of them is not there or empty
 */
export async function readPair(folder: string): Promise<KeyPair> {
  const [hmac, master] = await Promise.all(KEY_NAMES.map(async (name) => readKey(folder, name)));
  if (hmac && master) return { hmac, master };
  throw new KeyRolloutError({
    code: 'keys_missing',
    message: `${folder} lacks ${hmac ? 'master' : 'hmac'}: it is not the data folder of the key bundle`,
  });
}

/** One file, or `undefined` where there is none. */
export async function readKey(folder: string, name: string): Promise<Buffer | undefined> {
  try {
    const key = await readFile(join(folder, name));
    return key.length > 0 ? key : undefined;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Whether a file or folder is not there. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

export function fingerprint(key: Buffer): string {
  return createHash('sha256').update(key).digest('hex');
}

export function fingerprintsOf({ hmac, master }: KeyPair): Fingerprints {
  return { hmac: fingerprint(hmac), master: fingerprint(master) };
}

/** Both, always: a mixed pair is the worst state. */
export function sameKeys(a: Fingerprints, b: Fingerprints): boolean {
  return a.hmac === b.hmac && a.master === b.master;
}
