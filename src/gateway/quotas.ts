import { LRUCache } from 'lru-cache';
import { neighbourhood } from './addresses.ts';
import type { GatewaySettings } from './settings.ts';

const WINDOW_MS = 600_000;

/** So many in ten minutes; then it is enough until the window ends. */
class Quota {
  readonly #most: number;
  readonly #used: LRUCache<string, { count: number; endsAt: number }>;

  constructor(most: number) {
    this.#most = most;
    this.#used = new LRUCache({ max: 100_000, ttl: WINDOW_MS });
  }

  /** Seconds to wait when the quota is used up, else undefined. */
  exceeded(key: string): number | undefined {
    const used = this.#used.get(key);
    if (!used || used.count < this.#most) return undefined;
    return Math.max(1, Math.ceil((used.endsAt - Date.now()) / 1000));
  }

  spend(key: string): void {
    const used = this.#used.get(key);
    if (used) used.count += 1;
    else this.#used.set(key, { count: 1, endsAt: Date.now() + WINDOW_MS });
  }

  giveBack(key: string): void {
    const used = this.#used.get(key);
    if (used && used.count > 0) used.count -= 1;
  }
}

/** Limits of what costs sessions at Adobe or could be guessed; each gateway counts for itself. */
export class Quotas {
  readonly #registrations: Quota;
  readonly #sessions: Quota;
  readonly #statements: Quota;
  readonly #wrongCodes: Quota;
  readonly #allWrongCodes: Quota;

  constructor(quota: GatewaySettings['quota']) {
    this.#registrations = new Quota(quota.registrationsPerAddress);
    this.#sessions = new Quota(quota.sessionsPerAddress);
    this.#statements = new Quota(quota.sessionsPerStatement);
    this.#wrongCodes = new Quota(quota.wrongCodesPerAddress);
    this.#allWrongCodes = new Quota(quota.wrongCodes);
  }

  /** Takes one registration. Seconds to wait if there is none left. */
  registration(ip: string): number | undefined {
    const key = neighbourhood(ip);
    const wait = this.#registrations.exceeded(key);
    if (wait === undefined) this.#registrations.spend(key);
    return wait;
  }

  /** Takes one session at Adobe. Seconds to wait if there is none left. */
  session(ip: string, statement: string): number | undefined {
    const key = neighbourhood(ip);
    const wait = this.#sessions.exceeded(key) ?? this.#statements.exceeded(statement);
    if (wait !== undefined) return wait;
    this.#sessions.spend(key);
    this.#statements.spend(statement);
    return undefined;
  }

  /**
   * Takes one try of a code, before it is known to be a wrong one: guesses that come side by side
   * count too. Seconds to wait if an address, or everybody, guessed too often.
   */
  codeTry(ip: string): number | undefined {
    const key = neighbourhood(ip);
    const wait = this.#wrongCodes.exceeded(key) ?? this.#allWrongCodes.exceeded('all');
    if (wait !== undefined) return wait;
    this.#wrongCodes.spend(key);
    this.#allWrongCodes.spend('all');
    return undefined;
  }

  /** It was no guess: somebody waits for it, or nobody could say. */
  codeWasKnown(ip: string): void {
    this.#wrongCodes.giveBack(neighbourhood(ip));
    this.#allWrongCodes.giveBack('all');
  }

  /** What can be no code guesses nothing, and must not use up what everybody has. */
  codeWasImpossible(): void {
    this.#allWrongCodes.giveBack('all');
  }
}
