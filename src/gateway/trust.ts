import { readFileSync, statSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import type { JWK } from 'jose';
import { z } from 'zod';
import { ConfigError } from '../config.ts';

const jwk = z.looseObject({ kty: z.string() });

const ids = z.array(z.string()).default([]);
const mvpds = z.strictObject({ show: ids, hide: ids, tempPass: z.boolean().default(false) });

const trustSchema = z.strictObject({
  /** Ids of software statements whose app versions are at an end. */
  revoked: z.array(z.string()).default([]),
  /** Installations that may do nothing any more. */
  blocked: z.array(z.string()).default([]),
  /** Public keys of programmers' backends that vouch for device ids, by app. */
  backends: z.record(z.string(), z.object({ keys: z.array(jwk) })).default({}),
  /** Which providers pickers offer, by app; DEVICEPASS_MVPDS_* holds for the others. */
  mvpds: z.record(z.string(), mvpds).default({}),
});

/** Whom the gateway no longer trusts, whom it does, and what it offers them. */
export type TrustList = z.infer<typeof trustSchema>;

const NOTHING: TrustList = { revoked: [], blocked: [], backends: {}, mvpds: {} };
const LOOK_AGAIN_MS = 1_000;

/**
 * The file of trust, read again when it changes. A file that can't be read leaves the last good one
 * in force, for a typing error must not give revoked statements back their rights.
 */
export class Trust {
  readonly #file: string;
  readonly #complain: (error: ConfigError) => void;
  #list = NOTHING;
  #version = '';
  #lookedAt = 0;

  /** @throws ConfigError when the file is there and wrong */
  constructor(file: string, complain: (error: ConfigError) => void = () => {}) {
    this.#file = file;
    this.#complain = complain;
    this.#version = versionOf(file);
    this.#list = readTrust(file);
    this.#lookedAt = Date.now();
  }

  isRevoked(statement: string): boolean {
    return this.#current.revoked.includes(statement);
  }

  isBlocked(installation: string): boolean {
    return this.#current.blocked.includes(installation);
  }

  /** Keys of the backend that may vouch for an app's devices. */
  backendKeys(app: string): { keys: JWK[] } | undefined {
    const { backends } = this.#current;
    return Object.hasOwn(backends, app) ? backends[app] : undefined;
  }

  /** Providers that an app shows and hides, if it has lists of its own (S2S-22). */
  mvpdsOf(app: string): TrustList['mvpds'][string] | undefined {
    const { mvpds: lists } = this.#current;
    return Object.hasOwn(lists, app) ? lists[app] : undefined;
  }

  get #current(): TrustList {
    if (Date.now() - this.#lookedAt < LOOK_AGAIN_MS) return this.#list;
    this.#lookedAt = Date.now();
    try {
      const version = versionOf(this.#file);
      if (version === this.#version) return this.#list;
      this.#version = version;
      if (version === '') throw new ConfigError(`${this.#file} is gone: the last list holds`);
      this.#list = readTrust(this.#file);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      this.#complain(error);
    }
    return this.#list;
  }
}

/** @throws ConfigError when the file is there and wrong */
export function readTrust(file: string): TrustList {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return NOTHING;
    throw new ConfigError(`${file} can't be read: correct GATEWAY_STATEMENTS`);
  }
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    throw new ConfigError(`${file} is not JSON: check its syntax`);
  }
  const parsed = trustSchema.safeParse(content);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new ConfigError(`${file}: ${issue?.path.join('.') || 'the file'}: ${issue?.message}`);
}

/** Replaces the file at once, so that no gateway reads half of it. */
export async function writeTrust(file: string, list: TrustList): Promise<void> {
  const next = `${file}.${process.pid}.tmp`;
  await writeFile(next, `${JSON.stringify(list, undefined, 2)}\n`);
  await rename(next, file);
}

/** @throws ConfigError when nobody may look */
function versionOf(file: string): string {
  try {
    const stat = statSync(file, { throwIfNoEntry: false });
    return stat ? `${stat.mtimeMs} ${stat.size} ${stat.ino}` : '';
  } catch {
    throw new ConfigError(`${file} can't be read: correct GATEWAY_STATEMENTS`);
  }
}
