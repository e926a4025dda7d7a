import { createSideCar, isAway, type SideCarOptions } from './side-car.ts';
import type { MediaTokenAnswer, MediaTokenQuestion, MediaTokenVerifier } from './verifier.ts';

/** Who verifies media tokens, and what happens without a word of it. */
export interface MediaTokenOptions {
  /** Adobe's library behind HTTP, or a verifier of your own. */
  verifier: SideCarOptions | MediaTokenVerifier;
  /** How long one verification may take, all tries included, in ms. Default 2,500. */
  timeoutMs?: number;
  /**
   * What happens to plays while nobody can be asked. Default `refuse`. With `release` whoever can
   * keep the verifier from answering plays what they like.
   */
  whenAway?: 'refuse' | 'release';
}

/** What became of a token. Only `release` says whether to release the stream. */
export type MediaTokenVerdict = { release: boolean } & MediaTokenAnswer;

/** Verification with its rules. */
export interface Verification {
  /** Never throws; `release` is true for a valid token, and by `whenAway` where nobody can be asked. */
  verify: (question: MediaTokenQuestion) => Promise<MediaTokenVerdict>;
  /** Ends the connections of a side-car; a verifier of yours is yours to close. */
  close: () => void;
}

/** Many times the length of a real one; what is longer is none, and nobody is asked. */
const MAX_TOKEN_LENGTH = 16_384;
const STATUSES: ReadonlySet<unknown> = new Set(['valid', 'invalid', 'unverified']);

/** @throws TypeError or RangeError for options that can't work */
export function createVerification(options: MediaTokenOptions): Verification {
  const { timeoutMs = 2_500, whenAway = 'refuse' } = options;
  if (!(timeoutMs >= 1)) throw new RangeError(`timeoutMs ${timeoutMs}: must be 1 at least`);
  const { verifier: given } = options;
  const isYours = 'verify' in given;
  const verifier = isYours ? given : createSideCar(given);

  async function ask(question: MediaTokenQuestion): Promise<MediaTokenAnswer> {
    const { token } = question;
    if (token === '' || token.length > MAX_TOKEN_LENGTH) {
      return { status: 'invalid', reason: 'INVALID_TOKEN_FORMAT' };
    }
    const end = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    const outOfTime = new Promise<MediaTokenAnswer>((resolve) => {
      const message = `no word of the verifier of media tokens within ${timeoutMs} ms`;
      timer = setTimeout(() => {
        resolve({ status: 'unverified', problem: 'timeout', message });
        end.abort();
      }, timeoutMs);
    });
    try {
      const answer = await Promise.race([verifier.verify(question, end.signal), outOfTime]);
      if (STATUSES.has(answer.status)) return answer;
      throw new TypeError('a verifier answers valid, invalid or unverified');
    } catch {
      // Not the error's words: they may have the token in them.
      const message = 'the verifier of media tokens failed';
      return { status: 'unverified', problem: 'failed', message };
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    async verify(question) {
      const answer = await ask(question);
      const released =
        answer.status === 'unverified'
          ? whenAway === 'release' && isAway(answer.problem)
          : answer.status === 'valid';
      return { ...answer, release: released };
    },
    close() {
      if (!isYours) verifier.close?.();
    },
  };
}
