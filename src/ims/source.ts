import { readFile, stat } from 'node:fs/promises';
import { credentialError } from './errors.ts';
import type { ImsError } from './errors.ts';
import type { Settings } from './options.ts';

/** Where a credential comes from. */
export type CredentialSource =
  | {
      from: 'file';
      path: string;
      /**
       * What to do when other users of the machine can read the file, or anyone but its owner can
       * write it. Default `refuse`; `warn` is for mounts whose modes one can't choose.
       */
      exposed?: 'refuse' | 'warn';
    }
  /** JSON or base64 of it, from an environment variable say; `name` is for messages. */
  | { from: 'text'; text: string; name?: string }
  /** A local AEM. */
  | { from: 'basic'; username: string; password: string }
  | { from: 'none' };

/** The text of a source, read anew when the file changes. */
export interface Content {
  text: string;
  /** Epoch milliseconds. */
  writtenAt: number;
}

/** A file is looked at no more often than this. */
const recheckMs = 2000;

/**
 * Watches a file by looking when asked: no handle is kept, and a secret mounted anew by a link
 * switched over is seen too.
 *
 * @returns what changed since the last call, undefined when nothing did
 */
export function createFileReader(
  { path, exposed = 'refuse' }: Extract<CredentialSource, { from: 'file' }>,
  { clock, onEvent }: Pick<Settings, 'clock' | 'onEvent'>,
): () => Promise<Content | undefined> {
  let seen = '';
  let lookedAt = -Infinity;
  return async () => {
    if (seen && clock.now() - lookedAt < recheckMs) return undefined;
    lookedAt = clock.now();
    const { mode, mtimeMs, ino, size } = await stat(path).catch(unreadable);
    const state = [mtimeMs, ino, size, mode].join();
    if (state === seen) return undefined;
    if (isExposed(mode)) {
      const error = exposedError(mode);
      if (exposed === 'refuse') throw error;
      onEvent({ type: 'credentials_warning', error });
    }
    const text = await readFile(path, 'utf8').catch(unreadable);
    seen = state;
    return { text, writtenAt: mtimeMs };
  };

  function unreadable(error: unknown): never {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw credentialError('credentials_unreadable', 'correct the path or its rights', code);
  }

  function exposedError(mode: number): ImsError {
    return credentialError(
      'credentials_exposed',
      `chmod 600 ${path}, then rotate the credential if others may have read it`,
      `mode ${(mode & 0o777).toString(8)}`,
    );
  }
}

/** Reading by the group is how a mounted secret reaches a process that isn't root. */
function isExposed(mode: number): boolean {
  return process.platform !== 'win32' && (mode & 0o027) !== 0;
}
