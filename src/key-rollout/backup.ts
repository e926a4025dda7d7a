import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { KeyRolloutError } from './errors.ts';
import {
  type Fingerprints,
  fingerprintsOf,
  isMissing,
  KEY_NAMES,
  readKey,
  readPair,
  sameKeys,
} from './key-pair.ts';
import {
  flushFolder,
  type OnWrite,
  removePrepared,
  replacePair,
  writeDurably,
} from './replace-pair.ts';

/** What lies beside the two files: where they belong, and that the copy is complete. */
interface Manifest {
  folder: string;
  keys: Fingerprints;
}

const MANIFEST = 'manifest.json';
const ROLLOUT_ID = /^[\w-]{1,80}$/;

/**
 * Copies both keys out of the way of Felix, once a roll-out: a second call keeps the first copy,
 * for by then the files in place may be the new ones.
 *
 * @returns the fingerprints of what was copied
 */
export async function backUp(
  folder: string,
  backupDir: string,
  rollout: string,
): Promise<Fingerprints> {
  const place = placeOf(backupDir, rollout);
  const kept = await manifestOf(place);
  if (kept) return kept.keys;
  const pair = await readPair(folder);
  const keys = fingerprintsOf(pair);
  const unfinished = `${place}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true, mode: 0o700 });
  for (const name of KEY_NAMES) await writeDurably(join(unfinished, name), pair[name]);
  const manifest: Manifest = { folder, keys };
  await writeDurably(join(unfinished, MANIFEST), JSON.stringify(manifest));
  await flushFolder(unfinished);
  await rename(unfinished, place);
  await flushFolder(backupDir);
  return keys;
}

/**
 * Puts the keys of before a roll-out back, both or none.
 *
 * @param folder where they belong by now; the folder of the backup unless the bundle has moved
 * @returns whether there was anything to put back
 * @throws KeyRolloutError `backup_missing` when the copy is damaged
 */
export async function restore(
  backupDir: string,
  rollout: string,
  options: { folder?: string; onStep?: OnWrite } = {},
): Promise<boolean> {
  const place = placeOf(backupDir, rollout);
  const manifest = await manifestOf(place);
  if (!manifest) return false;
  const pair = await readPair(place);
  if (!sameKeys(fingerprintsOf(pair), manifest.keys)) {
    throw new KeyRolloutError({
      code: 'backup_missing',
      message: `the backup in ${place} is damaged: restore the key files of ${manifest.folder} by hand`,
    });
  }
  const { folder = manifest.folder, onStep } = options;
  const [hmac, master] = [await readKey(folder, 'hmac'), await readKey(folder, 'master')];
  if (hmac && master && sameKeys(fingerprintsOf({ hmac, master }), manifest.keys)) {
    await removePrepared(folder);
    return false;
  }
  await replacePair(folder, pair, backupDir, onStep ? { onStep } : {});
  return true;
}

function placeOf(backupDir: string, rollout: string): string {
  // It becomes a path, and it comes from outside this host.
  if (!ROLLOUT_ID.test(rollout)) throw new TypeError('not the id of a roll-out');
  return join(backupDir, rollout);
}

async function manifestOf(place: string): Promise<Manifest | undefined> {
  try {
    return JSON.parse(await readFile(join(place, MANIFEST), 'utf8')) as Manifest;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
