import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The keys as an instance holds them in memory. */
export interface Keys {
  hmac: Buffer;
  master: Buffer;
}

/** Where the data of a bundle lies. */
export function dataFolder(home: string, bundle: number): string {
  return join(home, 'crx-quickstart/launchpad/felix', `bundle${String(bundle)}`, 'data');
}

/** Makes what a new installation would have on disk: a pair of keys of its own. */
export function install(home: string, cryptoBundle: number, keyBundle: number): void {
  const folder = dataFolder(home, keyBundle);
  mkdirSync(folder, { recursive: true });
  for (const name of ['hmac', 'master']) {
    writeFileSync(join(folder, name), randomBytes(64), { mode: 0o600 });
  }
  mkdirSync(dataFolder(home, cryptoBundle), { recursive: true });
  writeFileSync(join(dataFolder(home, cryptoBundle), 'storage'), 'Bundle');
  // It names no symbolic name: number, location, state, start level, time, refreshes.
  const info = `${String(keyBundle)}\nlaunchpad:resources/install/crypto.file.jar\n32\n20\n0\n0\n`;
  writeFileSync(join(folder, '../bundle.info'), info);
}

/** Reads both files as the instance's own user; `undefined` where that one couldn't. */
export function load(home: string, keyBundle: number): Keys | undefined {
  const folder = dataFolder(home, keyBundle);
  const owner = statSync(folder).uid;
  const [hmac, master] = ['hmac', 'master'].map((name) => {
    const path = join(folder, name);
    const file = statSync(path, { throwIfNoEntry: false });
    // Who runs the stand-in may be root, whom no mode stops.
    if (!file || file.uid !== owner || (file.mode & 0o400) === 0) return undefined;
    return readFileSync(path);
  });
  return hmac && master ? { hmac, master } : undefined;
}

/** What the crypto support makes of a text: hexadecimal digits in braces. */
export function protect({ master }: Keys, text: string): string {
  const iv = randomBytes(16);
  const cipher = createCipheriv('aes-128-cbc', secretOf(master), iv);
  const sealed = Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final()]);
  return `{${sealed.toString('hex')}}`;
}

/** The text again, or `undefined` with another master key. */
export function unprotect({ master }: Keys, sealed: string): string | undefined {
  const bytes = Buffer.from(sealed.slice(1, -1), 'hex');
  try {
    const decipher = createDecipheriv('aes-128-cbc', secretOf(master), bytes.subarray(0, 16));
    return Buffer.concat([decipher.update(bytes.subarray(16)), decipher.final()]).toString('utf8');
  } catch {
    return undefined;
  }
}

function secretOf(master: Buffer): Buffer {
  return createHash('sha256').update(master).digest().subarray(0, 16);
}
