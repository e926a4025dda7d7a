import { LRUCache } from 'lru-cache';
import { neighbourhood } from './addresses.ts';
import type { GatewaySettings } from './settings.ts';

const WINDOW_MS = 600_000;
/** While many guess, from however many addresses, each network has so few tries. */
const FEW_WRONG_CODES = 3;
const CHOICES_PER_CODE = 20;
const NUDGES_PER_DEVICE = 120;

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

  /** Takes one. Seconds to wait if there is none left. */
  take(key: string): number | undefined {
    const wait = this.exceeded(key);
    if (wait === undefined) this.spend(key);
    return wait;
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
  readonly #wrongCodesPerNetwork = new Quota(FEW_WRONG_CODES);
  readonly #allWrongCodes: Quota;
  readonly #choices = new Quota(CHOICES_PER_CODE);
  readonly #nudges = new Quota(NUDGES_PER_DEVICE);

  constructor(quota: GatewaySettings['quota']) {
    this.#registrations = new Quota(quota.registrationsPerAddress);
    this.#sessions = new Quota(quota.sessionsPerAddress);
    this.#statements = new Quota(quota.sessionsPerStatement);
    this.#wrongCodes = new Quota(quota.wrongCodesPerAddress);
    this.#allWrongCodes = new Quota(quota.wrongCodes);
  }

  /** Takes one registration. Seconds to wait if there is none left. */
  registration(ip: string): number | undefined {
    return this.#registrations.take(neighbourhood(ip));
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
   * count too. Seconds to wait if an address guessed too often. When all together did, nobody is
   * shut out, for anybody could bring that about: each network is left with a few tries.
   */
  codeTry(ip: string): number | undefined {
    const [address, network] = [neighbourhood(ip), neighbourhood(ip, 48)];
    const many = this.#allWrongCodes.exceeded('all') !== undefined;
    const wait =
      this.#wrongCodes.exceeded(address) ??
      (many ? this.#wrongCodesPerNetwork.exceeded(network) : undefined);
    if (wait !== undefined) return wait;
    this.#wrongCodes.spend(address);
    this.#wrongCodesPerNetwork.spend(network);
    this.#allWrongCodes.spend('all');
    return undefined;
  }

  /** It was no guess: somebody waits for it, or nobody could say. */
  codeWasKnown(ip: string): void {
    this.#wrongCodes.giveBack(neighbourhood(ip));
    this.#wrongCodesPerNetwork.giveBack(neighbourhood(ip, 48));
    this.#allWrongCodes.giveBack('all');
  }

  /** What can be no code guesses nothing, and must not use up what everybody has. */
  codeWasImpossible(): void {
    this.#allWrongCodes.giveBack('all');
  }

  /** Takes one choice of a provider, each a request to Adobe. Seconds to wait if there is none left. */
  choice(code: string): number | undefined {
    return this.#choices.take(code);
  }

  /** Takes one "the browser is back", each an event of the workflow. */
  nudge(device: string): number | undefined {
    return this.#nudges.take(device);
  }
}
