import type { Random } from './random.ts';
import type { Room } from './room.ts';
import {
  ABANDON_SHARE,
  ABANDON_WITHIN_S,
  CODE_LIFE_S,
  FIRST_PLAY_AFTER_S,
  PLAYS_PER_S,
  type Scenario,
  shape,
  SIGMA,
  SILENT_SHARE,
  steadyState,
} from './scenario.ts';

/** Those who switch their TVs on, and what they do. */
export class Viewers {
  readonly #scenario: Scenario;
  readonly #random: Random;
  readonly #perS: number;
  readonly #meanLog: number;
  readonly #signedIn: Float64Array;
  readonly #furtherCodes: Float64Array;
  #watching = 0;

  /** @throws Error for a scenario that can't be */
  constructor(scenario: Scenario, random: Random, seconds: number) {
    const { perS, meanS } = steadyState(scenario);
    this.#scenario = scenario;
    this.#random = random;
    this.#perS = perS;
    this.#meanLog = Math.log(meanS) - SIGMA ** 2 / 2;
    this.#signedIn = new Float64Array(seconds);
    this.#furtherCodes = new Float64Array(seconds);
  }

  /** Who comes now waits in the room of whichever worker opens the session. @returns how many came */
  arrive(second: number, rooms: readonly Room[]): number {
    const random = this.#random;
    const count = random.poisson(this.#perS * shape(second, this.#scenario));
    for (let viewer = 0; viewer < count; viewer += 1) {
      const { signsIn, afterS } = this.#fate();
      const endsAt = second + 1 + Math.round(afterS);
      rooms[Math.floor(random.next() * rooms.length)]?.enter(endsAt, signsIn);
      if (signsIn) this.#renew(second, endsAt);
    }
    return count;
  }

  furtherCodes(second: number): number {
    return this.#furtherCodes[second] ?? 0;
  }

  /** The first soon after the sign-in, more as long as one watches. */
  plays(second: number, signIns: number): { first: number; later: number } {
    this.#signedIn[second] = signIns;
    const first = this.#signedIn[second - FIRST_PLAY_AFTER_S] ?? 0;
    this.#watching += first;
    return { first, later: this.#watching * PLAYS_PER_S };
  }

  /** The same random numbers whatever comes of them. */
  #fate(): { signsIn: boolean; afterS: number } {
    const which = this.#random.next();
    const normal = this.#random.normal();
    if (which < SILENT_SHARE) return { signsIn: false, afterS: CODE_LIFE_S };
    if (which < SILENT_SHARE + ABANDON_SHARE) {
      return {
        signsIn: false,
        afterS: (ABANDON_WITHIN_S * (which - SILENT_SHARE)) / ABANDON_SHARE,
      };
    }
    return { signsIn: true, afterS: Math.exp(this.#meanLog + SIGMA * normal) };
  }

  /** Who is still there at the end of a code gets another. */
  #renew(second: number, endsAt: number): void {
    const codes = this.#furtherCodes;
    for (let at = second + CODE_LIFE_S; at < Math.min(endsAt, codes.length); at += CODE_LIFE_S) {
      codes[at] = (codes[at] ?? 0) + 1;
    }
  }
}
