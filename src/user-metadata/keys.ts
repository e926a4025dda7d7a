import { z } from 'zod';
import { ConfigError, oneOf, readJson } from '../variables.ts';
import { type KeyPair, readKeyPair } from './key-pair.ts';
import { type Scheme, SCHEMES } from './schemes.ts';

/** Files are read again after so long, so that a rotation needs no restart. */
const FRESH_MS = 60_000;

const file = z.string('give a file').min(1, 'give a file');
const pair = z.strictObject({
  certificateFile: file,
  privateKeyFile: file.optional(),
  retired: z.boolean('give true or false').optional(),
});
const owner = z.strictObject({
  scheme: oneOf(SCHEMES),
  keys: z.array(pair, 'give a list of key pairs').min(1, 'give a key pair'),
});
const schema = z.strictObject({
  serviceProviders: z.record(z.string(), owner).default({}),
  apps: z.record(z.string(), owner).default({}),
});

/** The keys of one app, or of all apps of a service provider. */
export interface OwnedKeys {
  /** `app tv` or `service provider REF30`. */
  owner: string;
  scheme: Scheme;
  /** Current first, then backup, then what is retired. */
  pairs: readonly KeyPair[];
}

/** What a process wants of the file. */
export interface KeysWanted {
  /** False where nothing is opened: private keys are not read then. Default true. */
  privateKeys?: boolean;
  /** Epoch milliseconds. Default: the clock of this host. */
  now?: () => number;
}

interface Loaded {
  at: number;
  apps: Map<string, OwnedKeys>;
  serviceProviders: Map<string, OwnedKeys>;
}

/**
 * The programmer's certificates and private keys for user metadata, from the file that
 * `DEVICEPASS_USER_METADATA` names. They stay in the process that reads them.
 */
export class UserMetadataKeys {
  readonly #file: string;
  readonly #wanted: KeysWanted;
  #loaded: Loaded;
  /** Why the file as it is now is not used, but that of before. */
  #problem: string | undefined;

  /** @throws ConfigError for a file that can't be read, or that is no such file */
  constructor(settingsFile: string, wanted: KeysWanted = {}) {
    this.#file = settingsFile;
    this.#wanted = wanted;
    this.#loaded = load(settingsFile, wanted);
  }

  /** Those of the app, else of its service provider. */
  of({ app, serviceProvider }: { app: string; serviceProvider?: string }): OwnedKeys | undefined {
    const { apps, serviceProviders } = this.#fresh();
    return apps.get(app) ?? (serviceProvider ? serviceProviders.get(serviceProvider) : undefined);
  }

  /** All of them, for operators. */
  all(): { owned: OwnedKeys[]; problem?: string } {
    const { apps, serviceProviders } = this.#fresh();
    const owned = [...serviceProviders.values(), ...apps.values()];
    return { owned, ...(this.#problem === undefined ? {} : { problem: this.#problem }) };
  }

  #fresh(): Loaded {
    const { now = Date.now } = this.#wanted;
    if (now() - this.#loaded.at < FRESH_MS) return this.#loaded;
    try {
      this.#loaded = load(this.#file, this.#wanted);
      this.#problem = undefined;
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      // A file half written must not end what works.
      this.#problem = error.message;
      this.#loaded = { ...this.#loaded, at: now() };
    }
    return this.#loaded;
  }
}

/**
 * The keys for user metadata where the environment names a file of them; for `connect`.
 *
 * @throws ConfigError with one line for what is wrong with it
 */
export function readUserMetadataKeys(env: NodeJS.ProcessEnv): UserMetadataKeys | undefined {
  const named = env['DEVICEPASS_USER_METADATA'];
  return named ? new UserMetadataKeys(named) : undefined;
}

function load(name: string, { privateKeys = true, now = Date.now }: KeysWanted): Loaded {
  const parsed = schema.safeParse(readJson(name, 'correct DEVICEPASS_USER_METADATA'));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new ConfigError(`${name}: ${issue?.path.join('.') || 'the file'}: ${issue?.message}`);
  }
  const { apps, serviceProviders } = parsed.data;
  const read = ({ privateKeyFile, ...files }: z.infer<typeof pair>) =>
    readKeyPair(privateKeys ? { ...files, privateKeyFile } : files);
  const owned = (kind: string, entries: typeof apps) =>
    new Map(
      Object.entries(entries).map(([id, { scheme, keys }]): [string, OwnedKeys] => [
        id,
        { owner: `${kind} ${id}`, scheme, pairs: keys.map(read) },
      ]),
    );
  return {
    at: now(),
    apps: owned('app', apps),
    serviceProviders: owned('service provider', serviceProviders),
  };
}
