import { chmod, chown, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileError } from './errors.ts';
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
}

/** A step of the replacement has been done; told before the next one. */
export type OnWrite = (step: 'prepared' | 'journal' | 'first' | 'second' | 'done') => void;

const JOURNAL = 'writing.json';

/**
 * Puts two key files in the place of two others, both or none. The new files are complete on disk
 * before the first is renamed, and a journal says what was meant, so that {@link recover} can end
 * what a killed process began. AEM doesn't look at the files before it is told to.
 *
 * @throws KeyRolloutError `file_error`; both files are then as they were
 */
export async function replacePair(
  folder: string,
  pair: KeyPair,
  backupDir: string,
  options: { onStep?: OnWrite; rename?: typeof rename } = {},
): Promise<void> {
  const { onStep = () => {}, rename: move = rename } = options;
  const before = await readKey(folder, 'hmac');
  try {
    for (const name of KEY_NAMES) await prepare(folder, name, pair[name]);
    onStep('prepared');
    await mkdir(backupDir, { recursive: true, mode: 0o700 });
    const journal: Journal = { folder, to: fingerprintsOf(pair) };
    await writeDurably(join(backupDir, JOURNAL), JSON.stringify(journal));
    onStep('journal');
    await move(prepared(folder, 'hmac'), join(folder, 'hmac'));
    onStep('first');
    await move(prepared(folder, 'master'), join(folder, 'master'));
    onStep('second');
    await flushFolder(folder);
    await rm(join(backupDir, JOURNAL), { force: true });
    onStep('done');
  } catch (error) {
    await putBack(folder, before, backupDir).catch((trouble: unknown) => {
      throw fileError(trouble, 'the keys were half replaced, the agent ends that when it starts');
    });
    throw fileError(error, 'the keys were not replaced, both files are as before');
  }
}

/** After a failed rename: the first file may be new already, the second never is. */
async function putBack(folder: string, before: Buffer | undefined, backupDir: string) {
  const now = await readKey(folder, 'hmac');
  if (before && (!now || fingerprint(now) !== fingerprint(before))) {
    await prepare(folder, 'hmac', before);
    await rename(prepared(folder, 'hmac'), join(folder, 'hmac'));
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
  const { folder, to } = journal;
  const isNew = async (name: string, expected: string) => {
    const key = await readKey(folder, name);
    return key !== undefined && fingerprint(key) === expected;
  };
  const old: (typeof KEY_NAMES)[number][] = [];
  for (const name of KEY_NAMES) if (!(await isNew(name, to[name]))) old.push(name);
  const [missing] = old;
  if (old.length === 1 && missing !== undefined) {
    if (!(await isNew(basename(prepared(folder, missing)), to[missing]))) return 'mixed';
    await rename(prepared(folder, missing), join(folder, missing));
    await flushFolder(folder);
  }
  await forget(folder, backupDir);
  if (old.length === 1) return 'completed';
  return old.length === 0 ? 'finished' : 'untouched';
}

async function readJournal(backupDir: string): Promise<Journal | undefined> {
  const path = join(backupDir, JOURNAL);
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Journal;
  } catch (error) {
    if (isMissing(error)) return undefined;
    if (!(error instanceof SyntaxError)) throw error;
    // Killed while it was written, so before anything was renamed.
    await rm(path, { force: true });
    return undefined;
  }
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
