import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { createHttp, type HttpAnswer, HttpFailure } from '../http/index.ts';
import type {
  MediaTokenAnswer,
  MediaTokenProblem,
  MediaTokenQuestion,
  MediaTokenVerifier,
} from './verifier.ts';

/** Where the side-car is. `docs/media-tokens.md` is the contract that it keeps. */
export interface SideCarOptions {
  /** Address that questions are posted to, http or https. */
  url: string;
  /** Goes along as `Authorization: Bearer`, for side-cars that others can reach too. */
  secret?: string;
  /** PEM certificates of private authorities. */
  certificateAuthorities?: string;
  /** How often it is asked where nobody answers, within the time of the caller. Default 2. */
  tries?: number;
  /** How long one try may take, in ms. Default 1,000. */
  tryTimeoutMs?: number;
}

/** A true answer is shorter than a line. */
const MAX_ANSWER_BYTES = 16 * 1024;
const PAUSE_MS = 100;

type Unverified = Extract<MediaTokenAnswer, { status: 'unverified' }>;

/**
 * Verifies by a side-car: a small HTTP service around Adobe's Java library. To ask twice is safe, for
 * the library keeps nothing of a token.
 *
 * @throws TypeError or RangeError for options that can't work
 */
export function createSideCar(options: SideCarOptions): MediaTokenVerifier {
  const { secret, certificateAuthorities, tries = 2, tryTimeoutMs = 1_000 } = options;
  const url = new URL(options.url);
  const http = createHttp({
    timeoutMs: tryTimeoutMs,
    maxResponseBytes: MAX_ANSWER_BYTES,
    ...(certificateAuthorities === undefined ? {} : { certificateAuthorities }),
  });
  const headers = {
    'content-type': 'application/json',
    accept: 'application/json',
    ...(secret === undefined ? {} : { authorization: `Bearer ${secret}` }),
  };

  async function ask(question: MediaTokenQuestion, signal: AbortSignal): Promise<MediaTokenAnswer> {
    const { token, resource, serviceProvider } = question;
    const body = JSON.stringify({ token, resource, serviceProvider });
    try {
      return answerOf(await http.send({ url, method: 'POST', headers, body, signal }));
    } catch (error) {
      if (error instanceof HttpFailure) return failed(error);
      throw error;
    }
  }

  return {
    async verify(question, signal) {
      for (let left = tries; ; left -= 1) {
        const answer = await ask(question, signal);
        if (left <= 1 || answer.status !== 'unverified' || !mayPass(answer.problem)) return answer;
        await delay(PAUSE_MS, undefined, { signal });
      }
    },
    close: () => http.close(),
  };
}

/**
 * Whether nobody was there to ask. Everything else may be the doing of the token itself, so that
 * whoever forges one must not get by with it.
 */
export function isAway(problem: MediaTokenProblem): boolean {
  return problem === 'unreachable' || problem === 'timeout' || problem === 'overloaded';
}

/** What may be over in a moment: a side-car that restarts breaks off, too. */
function mayPass(problem: MediaTokenProblem): boolean {
  return isAway(problem) || problem === 'failed';
}

const answerSchema = z.discriminatedUnion('valid', [
  z.object({ valid: z.literal(true), reason: z.literal('VALID_TOKEN').nullish() }),
  // Nothing but the name of a result: a careless side-car might repeat the token here.
  z.object({
    valid: z.literal(false),
    reason: z
      .string()
      .regex(/^(?!VALID_TOKEN$)[A-Z][A-Z0-9_]{0,39}$/)
      .catch('ERROR_UNKNOWN'),
  }),
]);

const OVERLOADED: readonly number[] = [429, 502, 503, 504];

function answerOf({ status, text }: HttpAnswer): MediaTokenAnswer {
  if (OVERLOADED.includes(status)) {
    return unverified('overloaded', `the verifier of media tokens answered ${status}`);
  }
  if (status !== 200) {
    const advice = status === 401 || status === 403 ? ': check MEDIA_TOKEN_VERIFIER_SECRET' : '';
    return unverified('refused', `the verifier of media tokens answered ${status}${advice}`);
  }
  const parsed = answerSchema.safeParse(json(text));
  if (!parsed.success) {
    return unverified('nonsense', 'the verifier of media tokens gave an answer that is none');
  }
  const { data } = parsed;
  return data.valid ? { status: 'valid' } : { status: 'invalid', reason: data.reason };
}

/** Nothing was sent. */
const NOT_REACHED: readonly string[] = ['name_not_found', 'connection_refused', 'proxy_refused'];

function failed({ code, host }: HttpFailure): Unverified {
  const who = `the verifier of media tokens at ${host}`;
  if (code === 'timeout') return unverified('timeout', `${who} did not answer in time`);
  if (code === 'response_too_large') {
    return unverified('nonsense', `${who} answered with more than ${MAX_ANSWER_BYTES} bytes`);
  }
  if (code === 'certificate_untrusted') {
    const advice = 'add its authority to MEDIA_TOKEN_VERIFIER_CA_FILE';
    return unverified('untrusted', `${who} has a certificate that is not trusted: ${advice}`);
  }
  // It was reached, and a token may be why it broke off: whoever sent that must not profit.
  if (!NOT_REACHED.includes(code)) return unverified('failed', `${who} broke off (${code})`);
  return unverified('unreachable', `${who} can't be reached (${code})`);
}

function unverified(problem: MediaTokenProblem, message: string): Unverified {
  return { status: 'unverified', problem, message };
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
