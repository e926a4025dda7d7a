import { LRUCache } from 'lru-cache';
import { neighbourhood, networksOf } from './addresses.ts';
import { Counts } from './counts.ts';
import type { GatewaySettings } from './settings.ts';

/** While many guess, from however many addresses, each network has so few tries. */
const FEW = 3;
const CHOICES_PER_CODE = 20;
const NUDGES_PER_DEVICE = 120;
const LOOKS_PER_DEVICE = 60;
/** A provider's network has so many sites that it may use more, but not everything either. */
const SITES_PER_PROVIDER = 10;

/** One of the limits that a request has to keep. */
interface Limit {
  /** For the operators. */
  name: string;
  key: string;
  /** In ten minutes. */
  most: number;
}

/** Told of each request that was refused: which limit, and for one statement which. */
export type OnRefused = (limit: string, statement?: string) => void;

interface QuotasOptions {
  counts?: Counts;
  /** Waits for the counts of other gateways. */
  upToDate?: () => Promise<void>;
  onRefused?: OnRefused;
}

/**
 * Limits of what costs sessions at Adobe or could be guessed, in ten minutes each. What everybody
 * shares is spent last, and one network gets at a small share of it only: nobody can use it up for all.
 */
export class Quotas {
  readonly #quota: GatewaySettings['quota'];
  readonly #counts: Counts;
  readonly #own: Counts;
  readonly #onRefused: OnRefused;
  /** To be awaited before something is taken: other gateways of the farm may have spent it. */
  readonly upToDate: () => Promise<void>;
  readonly #generations = new LRUCache<string, number>({ max: 100_000 });

  constructor(quota: GatewaySettings['quota'], options: QuotasOptions = {}) {
    const { counts = new Counts(), onRefused = () => {}, upToDate = async () => {} } = options;
    this.#quota = quota;
    this.#counts = counts;
    this.#own = new Counts();
    this.#onRefused = onRefused;
    this.upToDate = upToDate;
  }

  /** Takes one registration. Seconds to wait if there is none left. */
  registration(ip: string, statement: string): number | undefined {
    const { registrationsPerAddress, registrationsPerStatement, registrations } = this.#quota;
    const limits = this.#limits('registrations', ip, statement, [
      registrationsPerAddress,
      registrationsPerStatement,
      registrations,
    ]);
    return this.#take(limits, statement);
  }

  /** Takes one session at Adobe. Seconds to wait if there is none left. */
  session(ip: string, statement: string): number | undefined {
    return this.#take(this.#sessionLimits(ip, statement), statement);
  }

  /**
   * No session came of it. The TV's own address has spent one all the same, for each request is an event
   * of the device's workflow.
   */
  noSession(ip: string, statement: string): void {
    const [_address, ...shared] = this.#sessionLimits(ip, statement);
    for (const { key, most } of shared) this.#counts.giveBack(key, most);
  }

  /** Whether an answer to a TV tells of a session, or sign-in, that was not there last time. */
  isNewSession(device: string, generation: number): boolean {
    const isNew = this.#generations.get(device) !== generation;
    this.#generations.set(device, generation);
    return isNew;
  }

  /**
   * Takes one try of a code, before it is known to be a wrong one: guesses that come side by side
   * count too. Seconds to wait if an address guessed too often. When all together did, nobody is
   * shut out, for anybody could bring that about: each network is left with a few tries.
   */
  codeTry(ip: string): number | undefined {
    const [all, ...limits] = this.#codeLimits(ip);
    const wait = this.#exceeded(limits);
    if (wait !== undefined) return wait;
    for (const { key, most } of [all, ...limits]) this.#counts.spend(key, most);
    return undefined;
  }

  /** It was no guess: somebody waits for it, or nobody could say. */
  codeWasKnown(ip: string): void {
    for (const { key, most } of this.#codeLimits(ip)) this.#counts.giveBack(key, most);
  }

  /** What can be no code guesses nothing, and must not use up what everybody has. */
  codeWasImpossible(ip: string): void {
    const [all] = this.#codeLimits(ip);
    this.#counts.giveBack(all.key, all.most);
  }

  /** Takes one choice of a provider, each a request to Adobe. Seconds to wait if there is none left. */
  choice(code: string): number | undefined {
    return this.#takeOwn({
      name: 'choices-per-code',
      key: `choice ${code}`,
      most: CHOICES_PER_CODE,
    });
  }

  /** Takes one "the browser is back", each an event of the workflow. */
  nudge(device: string): number | undefined {
    return this.#takeOwn({
      name: 'nudges-per-tv',
      key: `nudge ${device}`,
      most: NUDGES_PER_DEVICE,
    });
  }

  /** Takes one look at profiles, each a request to Adobe. Seconds to wait if there is none left. */
  look(device: string): number | undefined {
    return this.#takeOwn({ name: 'looks-per-tv', key: `look ${device}`, most: LOOKS_PER_DEVICE });
  }

  #sessionLimits(ip: string, statement: string): Limit[] {
    const { sessionsPerAddress, sessionsPerStatement, sessions } = this.#quota;
    const most = [sessionsPerAddress, sessionsPerStatement, sessions] as const;
    return this.#limits('sessions', ip, statement, most);
  }

  /** The address first, what all share last. */
  #limits(
    what: string,
    ip: string,
    statement: string,
    [perAddress, perStatement, all]: readonly [number, number, number],
  ): Limit[] {
    const { site, provider } = networksOf(ip);
    const shared = Math.min(perStatement, all);
    const limit = (by: string, key: string, most: number): Limit => ({
      name: `${what}-per-${by}`,
      key: `${what} ${key}`,
      most,
    });
    return [
      limit('address', neighbourhood(ip), perAddress),
      limit('network', site, this.#share(shared)),
      limit('network', provider, this.#share(shared, SITES_PER_PROVIDER)),
      limit('statement', `statement ${statement}`, perStatement),
      { name: what, key: what, most: all },
    ];
  }

  /** What all share first. Phones of one carrier share IPv4 addresses, so a /24 has more than a /48. */
  #codeLimits(ip: string): [Limit, ...Limit[]] {
    const { wrongCodes, wrongCodesPerAddress } = this.#quota;
    const { site, provider } = networksOf(ip);
    const many = this.#counts.of('codes') >= wrongCodes;
    const shared = (key: string, times: number) => ({
      name: 'wrong-codes-per-network',
      key: `codes in ${key}`,
      most: Math.max(wrongCodesPerAddress, this.#share(wrongCodes, times)),
    });
    return [
      { name: 'wrong-codes', key: 'codes', most: wrongCodes },
      {
        name: 'wrong-codes-per-address',
        key: `codes ${neighbourhood(ip)}`,
        most: wrongCodesPerAddress,
      },
      {
        name: 'wrong-codes-per-network',
        key: `codes of ${neighbourhood(ip, 48)}`,
        most: many ? FEW : Math.max(wrongCodesPerAddress, this.#share(wrongCodes)),
      },
      shared(site, SITES_PER_PROVIDER / 2),
      shared(provider, SITES_PER_PROVIDER),
    ];
  }

  /** Of what all share, what one network may take. */
  #share(most: number, times = 1): number {
    const percent = Math.min(100, this.#quota.networkShare * times);
    return Math.max(FEW, Math.ceil((most * percent) / 100));
  }

  #take(limits: Limit[], statement?: string): number | undefined {
    const wait = this.#exceeded(limits, statement);
    if (wait !== undefined) return wait;
    for (const { key, most } of limits) this.#counts.spend(key, most);
    return undefined;
  }

  #exceeded(limits: Limit[], statement?: string): number | undefined {
    const used = limits.find(({ key, most }) => this.#counts.of(key) >= most);
    if (!used) return undefined;
    this.#onRefused(used.name, statement);
    return this.#counts.secondsLeft();
  }

  /** Of one code or TV, which each gateway counts for itself. */
  #takeOwn({ name, key, most }: Limit): number | undefined {
    if (this.#own.of(key) < most) {
      this.#own.spend(key);
      return undefined;
    }
    this.#onRefused(name);
    return this.#own.secondsLeft();
  }
}
