import { setTimeout as sleep } from 'node:timers/promises';
import { log } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { Answer, News } from '../../workflows/news.ts';
import type { Registration } from '../../workflows/state.ts';
import type { FailureDetails, Problem, Upstream } from '../../workflows/upstream-call.ts';
import type { Calls } from '../calls.ts';
import type { WaitReport } from '../poller.ts';
import {
  type Asker,
  type AuthorizedAsker,
  MAX_ATTEMPTS,
  type Opened,
  RENEW_BEFORE_EXPIRY_MS,
} from '../upstream.ts';

/** A device that asks, with what it is known by at Adobe. */
export interface RequestAsker extends Omit<Asker, 'attempt' | 'opened'> {
  registration?: Registration;
}

/**
 * What to do when Adobe no longer knows the client: register again and repeat once; or tell the
 * caller that the viewer has to sign in again, for the profiles are lost with the credentials; or
 * leave it to somebody else who will notice.
 */
type WhenRegistrationIsLost = 'register-again' | 'refuse' | 'leave';

interface Manners {
  operation: string;
  whenRegistrationIsLost: WhenRegistrationIsLost;
  /** ms since the epoch: for a call that must leave time for others. Default: the asker's deadline. */
  until?: number;
  /** Codes of Adobe's that are an answer here, and nothing for operators to look into. */
  expects?: readonly string[];
}

type AccessToken = NonNullable<Registration['accessToken']>;

/** Pause before the second try; twice as long before the third. */
const BACKOFF_MS = 200;

/**
 * One request of a device to Adobe, whatever calls it takes: keeps registration and access token,
 * tries again what may help, and notes what the device has to know afterwards.
 */
export class Conversation {
  readonly calls: Calls;
  readonly news: News[] = [];
  readonly #asker: Omit<RequestAsker, 'registration'>;
  /** What it has opened so far. */
  readonly opened: Opened = new Map();
  #registration: Registration | undefined;

  constructor(calls: Calls, { registration, ...asker }: RequestAsker) {
    this.calls = calls;
    this.#asker = asker;
    this.#registration = registration;
  }

  /** As it is by now. */
  get registration(): Registration | undefined {
    return this.#registration;
  }

  /** ms since the epoch */
  get deadline(): number {
    return this.#asker.deadline;
  }

  /**
   * Sends one call: takes care of registration and access token, and repeats once with a fresh token
   * after a plain 401 (REG-07).
   *
   * @throws ApplicationFailure typed with Adobe's code or ours
   */
  async ask<T>(
    { operation, whenRegistrationIsLost, until = this.deadline, expects = [] }: Manners,
    send: (asker: AuthorizedAsker) => Promise<Upstream<T>>,
  ): Promise<T> {
    let lost = false;
    let refused: number | undefined;
    for (;;) {
      const token = await this.access({ whenRegistrationIsLost, until, refused });
      try {
        return await this.#send(until, (asker) => send({ ...asker, accessToken: token.sealed }));
      } catch (error) {
        const problem = problemOf(error);
        if (!problem) throw error;
        if (expects.includes(problem.code)) {
          this.news.push({ kind: 'waited', calls: problem.calls ?? [] });
          throw error;
        }
        this.failed(operation, problem);
        if (refusesToken(problem) && refused === undefined) {
          refused = token.expiresAt;
        } else if (isRegistrationLost(problem) && whenRegistrationIsLost !== 'leave' && !lost) {
          lost = true;
          this.#lose();
          if (whenRegistrationIsLost === 'refuse') throw error;
        } else {
          throw error;
        }
      }
    }
  }

  /**
   * A token that holds for another minute at least, and is not the one that Adobe just refused
   * (REG-03..06).
   *
   * @throws ApplicationFailure where Adobe gives none
   */
  async access({
    whenRegistrationIsLost = 'register-again',
    until = this.deadline,
    refused,
  }: Partial<Omit<Manners, 'operation'>> & {
    refused?: number | undefined;
  } = {}): Promise<AccessToken> {
    const current = this.#registration?.accessToken;
    const fresh = current && current.expiresAt - Date.now() > RENEW_BEFORE_EXPIRY_MS;
    if (current && fresh && current.expiresAt !== refused) return current;
    try {
      return await this.#renew(until, whenRegistrationIsLost);
    } catch (error) {
      const problem = problemOf(error);
      if (problem) this.failed('token', problem);
      throw error;
    }
  }

  /** What a wait has found out. Its token may be newer than ours. */
  hear({ calls, credentials, accessToken }: WaitReport): void {
    if (calls.length > 0) this.news.push({ kind: 'waited', calls });
    const current = this.#registration;
    if (accessToken && current?.credentials === credentials)
      this.#know({ credentials, accessToken });
  }

  failed(operation: string, problem: Problem): void {
    this.news.push({ kind: 'failed', operation, problem });
  }

  async #renew(until: number, whenRegistrationIsLost: WhenRegistrationIsLost) {
    if (this.#registration) {
      try {
        return await this.#takeToken(until, this.#registration);
      } catch (error) {
        const problem = problemOf(error);
        if (!problem || !isRegistrationLost(problem)) throw error;
        if (whenRegistrationIsLost === 'leave') throw error;
        this.failed('token', problem);
        this.#lose();
        if (whenRegistrationIsLost === 'refuse') throw error;
      }
    }
    const credentials = await this.#send(until, (asker) => this.calls.register(asker));
    this.#know({ credentials });
    return this.#takeToken(until, { credentials });
  }

  async #takeToken(until: number, { credentials }: Registration): Promise<AccessToken> {
    const { accessToken, expiresAt, resealed } = await this.#send(until, (asker) =>
      this.calls.renewAccessToken(asker, credentials),
    );
    const token = { sealed: accessToken, expiresAt };
    this.#know({ credentials: resealed ?? credentials, accessToken: token });
    return token;
  }

  #know(registration: Registration): void {
    this.#registration = registration;
    this.news.push({ kind: 'registration', registration });
  }

  #lose(): void {
    this.#registration = undefined;
    this.news.push({ kind: 'registration-lost' });
  }

  /** Three tries where that may help, with the pauses that Adobe asks for (EEC-04). */
  async #send<T>(until: number, send: (asker: Asker) => Promise<Upstream<T>>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const { value, calls } = await send({
          ...this.#asker,
          deadline: until,
          attempt,
          opened: this.opened,
        });
        this.news.push({ kind: 'worked', calls });
        return value;
      } catch (error) {
        log.warn('call to Adobe Pass failed', { error, attempt });
        const mayGoOn = error instanceof ApplicationFailure && !error.nonRetryable;
        if (!mayGoOn || attempt === MAX_ATTEMPTS) throw error;
        await sleep(pauseOf(error) ?? BACKOFF_MS * 2 ** (attempt - 1));
      }
    }
  }
}

/** Runs a request and brings back what came of it, with all that it found out. */
export async function converse<T>(
  calls: Calls,
  asker: RequestAsker,
  request: (conversation: Conversation) => Promise<T>,
): Promise<Answer<T>> {
  const conversation = new Conversation(calls, asker);
  const { news } = conversation;
  try {
    return { value: await request(conversation), news };
  } catch (error) {
    const problem = problemOf(error);
    if (!problem) throw error;
    const { calls: _known, ...rest } = problem;
    return { problem: rest, news };
  }
}

/** What a failure of ours says; nothing where it is a bug, or a worker that stops. */
export function problemOf(error: unknown): Problem | undefined {
  if (!(error instanceof ApplicationFailure)) return undefined;
  const details = (error.details?.[0] ?? {}) as Partial<FailureDetails>;
  const { type, message } = error;
  return { ...details, action: details.action ?? 'none', code: type ?? 'unknown', message };
}

/** Any 401 but the one that asks for a new registration: Adobe has no code for an expired token. */
function refusesToken({ status, action }: Problem): boolean {
  return status === 401 && action !== 'application-registration';
}

function isRegistrationLost({ action }: Problem): boolean {
  return action === 'application-registration';
}

/** ms */
function pauseOf({ nextRetryDelay }: ApplicationFailure): number | undefined {
  return typeof nextRetryDelay === 'number' ? nextRetryDelay : undefined;
}
