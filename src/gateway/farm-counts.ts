import { createHmac, randomUUID } from 'node:crypto';
import type { DevicePass } from '../client.ts';
import type { Logger } from '../log.ts';
import { MOST_IN_REPORT } from '../client/gateway-limits.ts';
import type { Counts } from './counts.ts';
import { loggable } from './request-log.ts';

/** What is spent is told so much later, all of it together; and what was heard is as long good enough. */
const PAUSE_MS = 250;
/** The same where much is spent: the whole farm then makes one call a second and gateway. */
const BUSY_PAUSE_MS = 1_000;
const MUCH = 50;
/** Nobody waits longer to hear of it; local limits hold. */
const WAIT_MS = 1_000;
/** Where nobody answers, so long is not waited at all. */
const AWAY_MS = 30_000;

interface FarmCountsOptions {
  counts: Counts;
  tell: DevicePass['tellSpent'];
  logger: Pick<Logger, 'warn'>;
}

/**
 * Makes the counts of one gateway those of the farm: by a workflow of the task queue, a few times a
 * second at most, and only when something is spent. While nobody answers each gateway counts for itself.
 */
export class FarmCounts {
  readonly #options: FarmCountsOptions;
  readonly #gateway = randomUUID().slice(0, 13);
  #pauseMs = PAUSE_MS;
  #toldAt = -Infinity;
  #awayUntil = -Infinity;
  #timer: NodeJS.Timeout | undefined;
  #telling: Promise<void> | undefined;
  #stopped = false;

  constructor(options: FarmCountsOptions) {
    this.#options = options;
    options.counts.onSpent = () => this.#soon();
  }

  /** Before something is granted: waits for the counts of others, where those known are old. */
  async upToDate(): Promise<void> {
    const now = performance.now();
    if (this.#stopped || now < this.#awayUntil || now - this.#toldAt < this.#pauseMs) return;
    let timer: NodeJS.Timeout | undefined;
    const enough = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, WAIT_MS);
    });
    await Promise.race([this.#tell(), enough]);
    clearTimeout(timer);
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  #soon(): void {
    if (this.#stopped) return;
    this.#timer ??= setTimeout(() => void this.#tell(), this.#pauseMs).unref();
  }

  #tell(): Promise<void> {
    this.#telling ??= this.#tellNow().finally(() => (this.#telling = undefined));
    return this.#telling;
  }

  async #tellNow(): Promise<void> {
    const { counts, tell, logger } = this.#options;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const { window } = counts;
    const spent = counts.takeChanged(MOST_IN_REPORT);
    try {
      counts.learn(await tell({ gateway: this.#gateway, window, spent }), spent, window);
      this.#toldAt = performance.now();
      this.#pauseMs = spent.length > MUCH ? BUSY_PAUSE_MS : PAUSE_MS;
      if (spent.length === MOST_IN_REPORT) this.#soon();
    } catch (error) {
      counts.putBack(spent, window);
      if (this.#stopped) return;
      if (performance.now() > this.#awayUntil) {
        const err = loggable(error instanceof Error ? error : new Error(String(error)));
        logger.warn({ err }, 'limits of the farm are not known: this gateway counts for itself');
      }
      this.#awayUntil = performance.now() + AWAY_MS;
      clearTimeout(this.#timer); // something was spent meanwhile
      this.#timer = setTimeout(() => void this.#tell(), AWAY_MS).unref();
    }
  }
}

/** Names keys so that whoever sees Temporal learns no address from them. */
export function hashedWith(secret: Uint8Array): (key: string) => string {
  return (key) =>
    createHmac('sha256', secret).update(`spent/v1 ${key}`).digest('base64url').slice(0, 16);
}
