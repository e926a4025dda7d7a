import { chmodSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Bundle, CRYPTO, CRYPTO_FILE, DEPENDANTS, makeBundles, SAML } from './bundles.ts';
import { ConfigAdmin } from './config-admin.ts';
import { FarmFaults } from './faults.ts';
import { dataFolder, install, type Keys, load, protect, unprotect } from './key-files.ts';
import { SAML_HANDLER, TOKEN_HANDLER } from './metatype.ts';
import type { FarmSettings, FarmUser } from './options.ts';
import type { FarmRequest } from './request.ts';
import { OpaqueTokens } from './tokens.ts';

export const SAML_PID = `${SAML_HANDLER}~company`;

/** One AEM: what it has on disk, what it has in memory, and how it restarts parts of itself. */
export class Instance {
  readonly id: string;
  /** The folder that `crx-quickstart` is in. */
  readonly home: string;
  readonly settings: FarmSettings;
  readonly bundles: Bundle[];
  readonly configurations = new ConfigAdmin();
  readonly users: Map<string, FarmUser>;
  readonly opaque = new OpaqueTokens();
  readonly faults = new FarmFaults();
  readonly requests: FarmRequest[] = [];
  /** Every token given out. */
  readonly tokens: string[] = [];
  /** Logins that failed in a row, by user. */
  readonly failures = new Map<string, number>();
  /** In memory: the files count only when they are read. */
  keys: Keys | undefined;
  /** Until when the console doesn't answer, epoch milliseconds. */
  consoleDownUntil = 0;
  /** The login does as it did before its configuration changed. */
  switchPending: 'no' | 'late' | 'restart' = 'no';
  readonly #timers = new Set<NodeJS.Timeout>();
  #stuck: 'no' | 'until-start' | 'until-restart' = 'no';
  #keepsKeys: 'no' | 'until-key-bundle' | 'until-restart' | 'for-good' = 'no';

  constructor(id: string, index: number, settings: FarmSettings) {
    this.id = id;
    this.home = join(settings.folder, id);
    this.settings = settings;
    this.bundles = makeBundles(index);
    this.users = new Map(Object.entries(settings.users));
    install(this.home, this.bundle(CRYPTO).id, this.bundle(CRYPTO_FILE).id);
    this.keys = load(this.home, this.bundle(CRYPTO_FILE).id);
    this.configurations.put(TOKEN_HANDLER, {
      'skip.token.refresh': ['/libs/granite/csrf', '/system/health'],
      'inactivity.time': 1_800_000,
    });
    if (settings.saml && this.keys) {
      this.configurations.put(
        SAML_PID,
        {
          path: ['/'],
          idpUrl: 'https://idp.example.com/sso',
          keyStorePassword: protect(this.keys, 'key-store-password'),
          createUser: settings.samlMakesUsers,
        },
        SAML_HANDLER,
      );
    }
  }

  bundle(symbolicName: string): Bundle {
    const bundle = this.bundles.find((each) => each.symbolicName === symbolicName);
    if (!bundle) throw new Error(`no bundle ${symbolicName}`);
    return bundle;
  }

  /** The folder of the key files. */
  get keyFolder(): string {
    return dataFolder(this.home, this.bundle(CRYPTO_FILE).id);
  }

  get cryptoStorage(): string {
    return join(dataFolder(this.home, this.bundle(CRYPTO).id), 'storage');
  }

  /** Whether SAML can open its key store. */
  get samlWorks(): boolean {
    const stored = this.configurations.value(SAML_PID, 'keyStorePassword');
    return (
      this.keys !== undefined &&
      typeof stored === 'string' &&
      unprotect(this.keys, stored) === 'key-store-password'
    );
  }

  /** The key bundle is installed anew, and has another number from now on. */
  moveKeyBundle(): void {
    const before = this.keyFolder;
    this.bundle(CRYPTO_FILE).id += 1_000;
    renameSync(dirname(before), dirname(this.keyFolder));
  }

  /** What `action=refresh` does, after it has been answered. */
  refresh(symbolicName: string): void {
    if (symbolicName !== CRYPTO && symbolicName !== CRYPTO_FILE) return;
    if (this.faults.take('files-unreadable')) this.#lockFiles();
    if (this.faults.take('refresh-stays-resolved')) this.#stuck = 'until-start';
    if (this.faults.take('refresh-needs-restart')) this.#stuck = 'until-restart';
    if (this.faults.take('refresh-keeps-keys')) this.#keepsKeys = 'until-key-bundle';
    if (this.faults.take('refresh-keeps-keys-until-restart')) this.#keepsKeys = 'until-restart';
    if (this.faults.take('refresh-keeps-keys-for-good')) this.#keepsKeys = 'for-good';
    if (symbolicName === CRYPTO_FILE && this.#keepsKeys === 'until-key-bundle') {
      this.#keepsKeys = 'no';
    }
    for (const name of [...DEPENDANTS, symbolicName]) this.bundle(name).stateRaw = 4;
    this.#comeUp(this.settings.refreshMs);
  }

  /** What `action=start` does. */
  start(symbolicName: string): void {
    if (this.#stuck === 'until-start' && symbolicName === CRYPTO) this.#stuck = 'no';
    this.#comeUp(this.settings.refreshMs / 2);
  }

  /** Restarts everything that runs in the framework, a moment after it has been answered. */
  restart(): void {
    this.#after(this.settings.refreshMs / 2, () => this.#restart());
  }

  #restart(): void {
    this.#stuck = 'no';
    if (this.#keepsKeys !== 'for-good') this.#keepsKeys = 'no';
    this.switchPending = 'no';
    this.opaque.clear();
    for (const bundle of this.bundles) bundle.stateRaw = 4;
    this.#comeUp(5 * this.settings.refreshMs);
  }

  /** Nothing goes on after the server has been stopped. */
  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer);
  }

  /** First the console is gone, then bundles come up one after the other. */
  #comeUp(ms: number): void {
    this.consoleDownUntil = Date.now() + ms / 2;
    this.#after(ms / 2, () => {
      for (const bundle of this.bundles) if (bundle.stateRaw !== bundle.rests) bundle.stateRaw = 8;
    });
    this.#after(ms, () => this.#up());
  }

  #up(): void {
    if (this.#keepsKeys === 'no') this.keys = load(this.home, this.bundle(CRYPTO_FILE).id);
    for (const bundle of this.bundles) {
      bundle.stateRaw = this.#rests(bundle.symbolicName) ?? bundle.rests;
    }
  }

  /** The state of a bundle that can't come up. */
  #rests(symbolicName: string): number | undefined {
    if (symbolicName === CRYPTO && this.#stuck !== 'no')
      return this.#stuck === 'until-start' ? 4 : 2;
    if ((symbolicName === CRYPTO_FILE || symbolicName === CRYPTO) && !this.keys) return 4;
    if (symbolicName === SAML && this.settings.saml && !this.samlWorks) return 4;
    return undefined;
  }

  #lockFiles(): void {
    for (const name of ['hmac', 'master']) chmodSync(join(this.keyFolder, name), 0);
  }

  #after(ms: number, act: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      act();
    }, ms);
    this.#timers.add(timer);
  }
}
