import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ACTIVE, CRYPTO, CRYPTO_FILE } from './bundles.ts';
import type { FelixConsole } from './console.ts';
import { KeyRolloutError } from './errors.ts';
import type { AemHost } from './host.ts';
import { type Fingerprints, fingerprintsOf, isMissing, readPair } from './key-pair.ts';

/** The data folder of a bundle, by its number on this instance. */
export function dataFolder(host: AemHost, bundle: number): string {
  if (!Number.isSafeInteger(bundle) || bundle < 0) throw new TypeError('not a bundle number');
  return join(host.installDir, 'crx-quickstart/launchpad/felix', `bundle${bundle}`, 'data');
}

/** The folder of the key files as the console names it now, whatever is in it. */
export async function keyFolder(host: AemHost, console: FelixConsole): Promise<string> {
  return dataFolder(host, (await console.bundle(CRYPTO_FILE)).id);
}

/**
 * Finds the key files: the bundle by its symbolic name, never by a number known from elsewhere.
 *
 * @param expected the number found earlier; another one means that the bundle was replaced meanwhile
 * @throws KeyRolloutError `bundle_missing`, `bundle_inactive`, `bundle_moved`, `keys_missing`,
 *   `keys_in_repository`
 */
export async function locate(
  host: AemHost,
  console: FelixConsole,
  expected?: number,
): Promise<{ bundle: number; folder: string; keys: Fingerprints }> {
  const [crypto, file] = [await console.bundle(CRYPTO), await console.bundle(CRYPTO_FILE)];
  for (const { symbolicName, stateRaw } of [crypto, file]) {
    if (stateRaw === ACTIVE) continue;
    throw new KeyRolloutError({
      code: 'bundle_inactive',
      message: `${host.id}: bundle ${symbolicName} is in state ${stateRaw}, not ${ACTIVE} (active): look at AEM's log`,
    });
  }
  const folder = dataFolder(host, file.id);
  if (expected !== undefined && expected !== file.id) {
    throw new KeyRolloutError({
      code: 'bundle_moved',
      message: `${host.id}: ${CRYPTO_FILE} was bundle ${expected} and is now ${file.id}: start the roll-out again`,
    });
  }
  try {
    return { bundle: file.id, folder, keys: fingerprintsOf(await readPair(folder)) };
  } catch (error) {
    if (!(error instanceof KeyRolloutError)) throw error;
    if (await inRepository(dataFolder(host, crypto.id))) {
      throw new KeyRolloutError({
        code: 'keys_in_repository',
        message: `${host.id} keeps its keys in the repository (upgraded from 6.2 or older): replicate /etc/key by package instead`,
      });
    }
    throw error;
  }
}

/** Instances upgraded from 6.2 or older say so in a file of the other bundle. */
async function inRepository(folder: string): Promise<boolean> {
  try {
    return (await readFile(join(folder, 'storage'), 'utf8')).includes('JCR');
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}
