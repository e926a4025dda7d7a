import { chmod, chown, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileError, KeyRolloutError } from './errors.ts';
import {
  fingerprint,
  type Fingerprints,
  fingerprintsOf,
  isMissing,
  KEY_NAMES,
  type KeyPair,
  readKey,
} from './key-pair.ts';

/** What is being written, kept on disk while it is: two renames can't be one. */
export interface Journal {
  folder: string;
  to: Fingerprints;
  /** What lay there before was half a pair, so there is no way but on. */
  half: boolean;
}

/** A step of the replacement has been done; told before the next one. */
export type OnWrite = (step: 'prepared' | 'journal' | 'first' | 'second' | 'done') => void;

const JOURNAL = 'writing.json';

/**
 * Puts two key files in the place of two others, both or none. The new files are complete on disk
 * before the first is renamed, and a journal says what was meant, so that {@link recover} can end
 * what a killed process began, or an earlier try on a failing disk, which comes first here. AEM
 * doesn't look at the files before it is told to.
 *
 * @throws KeyRolloutError `file_error`; both files are then as they were, or the journal is kept
 */
export async function replacePair(
  folder: string,
  pair: KeyPair,
  backupDir: string,
  options: { onStep?: OnWrite; rename?: typeof rename } = {},
): Promise<void> {
  const { onStep = () => {}, rename: move = rename } = options;
  const found = await recover(backupDir).catch((error: unknown) => {
    throw fileError(error, 'an earlier replacement of the keys could not be ended');
  });
  const half = found === 'mixed';
  let bothNew = false;
  const before = await readKey(folder, 'hmac');
  try {
    for (const name of KEY_NAMES) await prepare(folder, name, pair[name]);
    onStep('prepared');
    await mkdir(backupDir, { recursive: true, mode: 0o700 });
    await writeJournal(backupDir, { folder, to: fingerprintsOf(pair), half });
    onStep('journal');
    await move(prepared(folder, 'hmac'), join(folder, 'hmac'));
    onStep('first');
    await move(prepared(folder, 'master'), join(folder, 'master'));
    bothNew = true;
    onStep('second');
    await flushFolder(folder);
    await rm(join(backupDir, JOURNAL), { force: true });
    onStep('done');
  } catch (error) {
    // Going back would make half a pair of two new files, and half a pair is nothing to go back to.
    if (bothNew || half) throw fileError(error, UNENDED);
    await putBack(folder, before, backupDir, move).catch((trouble: unknown) => {
      throw fileError(trouble, UNENDED);
    });
    throw fileError(error, 'the keys were not replaced, both files are as before');
  }
}

const UNENDED =
  'the replacement of the keys has not ended, the next try or start of the agent ends it';

/** After a failed rename: the first file may be new already, the second never is. */
async function putBack(
  folder: string,
  before: Buffer | undefined,
  backupDir: string,
  move: typeof rename,
): Promise<void> {
  const now = await readKey(folder, 'hmac');
  if (before && (!now || fingerprint(now) !== fingerprint(before))) {
    await prepare(folder, 'hmac', before);
    await move(prepared(folder, 'hmac'), join(folder, 'hmac'));
  }
  await flushFolder(folder);
  await forget(folder, backupDir);
}

/** What {@link recover} found; after `mixed` only the backup helps. */
export type Recovered = 'nothing' | 'untouched' | 'finished' | 'completed' | 'mixed';

/**
 * Ends what a killed process began. A pair of one new and one old file becomes a new one, for the
 * other new file lies ready; where nothing was replaced yet, nothing is.
 */
export async function recover(backupDir: string): Promise<Recovered> {
  const journal = await readJournal(backupDir);
  if (!journal) return 'nothing';
  const { folder, to, half } = journal;
  const isNew = async (name: string, expected: string) => {
    const key = await readKey(folder, name);
    return key !== undefined && fingerprint(key) === expected;
  };
  const old: (typeof KEY_NAMES)[number][] = [];
  for (const name of KEY_NAMES) if (!(await isNew(name, to[name]))) old.push(name);
  const begun = old.length === 1 || (half && old.length === 2);
  if (begun) {
    for (const name of old) {
      if (!(await isNew(basename(prepared(folder, name)), to[name]))) return 'mixed';
    }
    for (const name of old) await rename(prepared(folder, name), join(folder, name));
    await flushFolder(folder);
  }
  await forget(folder, backupDir);
  if (begun) return 'completed';
  return old.length === 0 ? 'finished' : 'untouched';
}

async function readJournal(backupDir: string): Promise<Journal | undefined> {
  const path = join(backupDir, JOURNAL);
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Journal;
  } catch (error) {
    if (isMissing(error)) return undefined;
    if (!(error instanceof SyntaxError)) throw error;
    throw new KeyRolloutError({
      code: 'file_error',
      message: `${path} is damaged: compare the key files with the backups beside it, then remove it`,
    });
  }
}

/** Whole or not at all, and on disk before any key is renamed: an older one may still be needed. */
async function writeJournal(backupDir: string, journal: Journal): Promise<void> {
  const path = join(backupDir, JOURNAL);
  await writeDurably(`${path}.new`, JSON.stringify(journal));
  await rename(`${path}.new`, path);
  await flushFolder(backupDir);
}

async function forget(folder: string, backupDir: string): Promise<void> {
  await removePrepared(folder);
  await rm(join(backupDir, JOURNAL), { force: true });
}

/** Takes new files away that were never put in place. */
export async function removePrepared(folder: string): Promise<void> {
  for (const name of KEY_NAMES) await rm(prepared(folder, name), { recursive: true, force: true });
}

/** A new file beside the old one, with the old one's owner. */
async function prepare(folder: string, name: string, key: Buffer): Promise<void> {
  const path = prepared(folder, name);
  await rm(path, { recursive: true, force: true });
  await writeDurably(path, key);
  await likeFolder(folder, path);
}

/**
 * Gives a key file mode 0600 and the owner of the folder: AEM made the folder, so that is the one
 * who has to read it. True where something was to change.
 */
export async function likeFolder(folder: string, path: string): Promise<boolean> {
  const [owner, file] = await Promise.all([stat(folder), stat(path)]);
  const foreign = owner.uid !== file.uid || owner.gid !== file.gid;
  const open = (file.mode & 0o777) !== 0o600;
  if (foreign) await chown(path, owner.uid, owner.gid);
  if (open) await chmod(path, 0o600);
  return foreign || open;
}

function prepared(folder: string, name: string): string {
  return join(folder, `.${name}.devicepass`);
}

/** Writes a file of mode 0600 that is on disk when this ends. */
export async function writeDurably(path: string, content: string | Buffer): Promise<void> {
  const file = await open(path, 'w', 0o600);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes renames in a folder last. */
export async function flushFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
