import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { KeyRolloutError } from './errors.ts';
import { isMissing } from './key-pair.ts';
import { flushFolder, writeDurably } from './replace-pair.ts';

/** Who uses an order: a retry has the same name and a higher number. */
export interface OrderUser {
  /** One activity of one run of a workflow. */
  activity: string;
  attempt: number;
}

const FOLDER = 'orders';
const ENDED = 'ended';
const NAME = /^[\w-]{1,80}$/;
/** Longer than any order lives. */
const KEPT_MS = 60 * 24 * 3_600_000;

/**
 * What an agent remembers of a roll-out, beside its backups: which orders it has taken, and what it
 * found before anything was changed. Nothing of it comes from outside again.
 */
export class Ledger {
  readonly #all: string;
  readonly #place: string;

  constructor(backupDir: string, rollout: string) {
    this.#all = join(backupDir, FOLDER);
    this.#place = join(this.#all, checked(rollout));
  }

  /**
   * Takes an order, once. A step that Temporal tries again may take it again.
   *
   * @throws KeyRolloutError `order_used`, `rollout_ended`
   */
  async take(order: string, user: OrderUser): Promise<void> {
    if (await this.kept(ENDED)) {
      throw refused('rollout_ended', 'its roll-out is over: start another');
    }
    const known = await this.kept<OrderUser>(checked(order));
    const again = known?.activity === user.activity && user.attempt > known.attempt;
    if (known && !again)
      throw refused('order_used', 'it was used before: start the roll-out again');
    await this.keep(order, user);
  }

  /** No order of this roll-out is taken any more. */
  async end(): Promise<void> {
    await this.keep(ENDED, true);
    await this.#forgetOld();
  }

  async keep(name: string, value: unknown): Promise<void> {
    const file = this.#fileOf(name);
    await mkdir(this.#place, { recursive: true, mode: 0o700 });
    await writeDurably(`${file}.new`, JSON.stringify(value));
    await rename(`${file}.new`, file);
    await flushFolder(this.#place);
  }

  async kept<T>(name: string): Promise<T | undefined> {
    try {
      return JSON.parse(await readFile(this.#fileOf(name), 'utf8')) as T;
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  #fileOf(name: string): string {
    return join(this.#place, `${checked(name)}.json`);
  }

  async #forgetOld(): Promise<void> {
    for (const name of await readdir(this.#all)) {
      const old = join(this.#all, name);
      const { mtimeMs } = await stat(old);
      if (Date.now() - mtimeMs > KEPT_MS) await rm(old, { recursive: true });
    }
  }
}

/** It becomes a path. */
function checked(name: string): string {
  if (NAME.test(name)) return name;
  throw new TypeError('not the id of a roll-out or an order');
}

function refused(code: string, why: string): KeyRolloutError {
  return new KeyRolloutError({ code, message: `the order is refused: ${why}` });
}
