import {
  AdobePassError,
  type AccessToken,
  type CallRecord,
  type ClientCredentials,
  needsNewAccessToken,
  type Profile,
  type StreamingDevice,
} from '../adobe-pass/index.ts';
import { ofDevice, seal } from '../sealing/index.ts';
import type { ProfileMark } from '../workflows/messages.ts';
import type { Registration } from '../workflows/state.ts';
import type { UpstreamCall } from '../workflows/upstream-call.ts';
import type { Dependencies } from './dependencies.ts';
import { type FoundProfile, foundNews } from './found-profile.ts';
import { atTick, isInTime, QUESTION_DISTANCE_MS, type Questions } from './questions.ts';
import { type Asker, RENEW_BEFORE_EXPIRY_MS } from './upstream.ts';

/** Whom to wait for. */
export interface Waiter extends Omit<Asker, 'deadline' | 'attempt' | 'opened'> {
  /** Of the device, to be called when its wait is over. */
  workflowId: string;
  code: string;
  /** ms since the epoch: when its first poll is due, and the code ends */
  firstPollAt: number;
  notAfter: number;
  registration: Required<Registration>;
  /** Profiles that are no news: the viewer is to sign in anew. */
  passOver?: ProfileMark[];
}

/** What came of a wait. */
export interface WaitResult {
  outcome: 'signed-in' | 'session-gone' | 'registration-lost';
  /** What the login led to, the longest validity first. */
  profiles: FoundProfile[];
  /** The token that was renewed on the way. */
  accessToken?: Required<Registration>['accessToken'];
  polls: number;
  failedPolls: number;
  /** The last calls, for operators. */
  calls: UpstreamCall[];
}

/** The last calls of a wait, and a token that was renewed on the way. */
export interface WaitReport {
  calls: UpstreamCall[];
  credentials: Registration['credentials'];
  accessToken?: NonNullable<Registration['accessToken']>;
}

export interface PollDependencies extends Pick<
  Dependencies,
  'adobePass' | 'keys' | 'app' | 'config'
> {
  /** When codes were asked for in this process. */
  questions: Questions;
}

/** What a poll needs, opened. */
export interface Ready {
  device: StreamingDevice;
  token: AccessToken;
  credentials: ClientCredentials;
  serviceProvider: string;
  signal: AbortSignal;
}

const KEPT_CALLS = 5;

/** Polls for one code. */
export class Poller {
  readonly #dependencies: PollDependencies;
  readonly #waiter: Waiter;
  readonly #opened: Ready;
  readonly #calls: CallRecord[] = [];
  #renewed: WaitResult['accessToken'];
  #nextPollAt: number;
  #polls = 0;
  #failedPolls = 0;

  constructor(dependencies: PollDependencies, waiter: Waiter, opened: Ready) {
    this.#dependencies = dependencies;
    this.#waiter = waiter;
    this.#opened = opened;
    this.#nextPollAt = atTick(waiter.firstPollAt);
  }

  report(): WaitReport {
    const { credentials } = this.#waiter.registration;
    const calls = this.#calls.splice(0);
    return { calls, credentials, ...(this.#renewed ? { accessToken: this.#renewed } : {}) };
  }

  /** @returns nothing when the code ended first, or nobody wants it any more */
  async poll(): Promise<WaitResult | undefined> {
    const { questions } = this.#dependencies;
    const { code, notAfter } = this.#waiter;
    const { signal } = this.#opened;
    for (;;) {
      if (!(await sleepUntil(Math.min(this.#nextPollAt, notAfter), signal))) return undefined;
      if (Date.now() >= notAfter) return undefined;
      // A nudge may have asked just now, or be about to.
      const soonest = (questions.lastNudge(code) ?? 0) + QUESTION_DISTANCE_MS;
      if (Date.now() < soonest) {
        this.#nextPollAt = atTick(soonest);
        continue;
      }
      try {
        const profiles = await this.#news(await this.#askOnce());
        if (profiles.length > 0) return this.#done('signed-in', profiles);
      } catch (error) {
        if (signal.aborted) return undefined;
        const end = error instanceof AdobePassError ? endOf(error) : undefined;
        if (end) return this.#done(end);
        this.#failedPolls += 1;
        // Adobe may want to be left alone for longer.
        const { retryAfterMs = 0 } = error instanceof AdobePassError ? error : {};
        this.#nextPollAt = Math.max(this.#nextPollAt, atTick(Date.now() + retryAfterMs));
      }
    }
  }

  async #askOnce(): Promise<Profile[]> {
    const { adobePass, config, questions } = this.#dependencies;
    const { code } = this.#waiter;
    const { device, serviceProvider } = this.#opened;
    const due = this.#nextPollAt;
    const next = () =>
      isInTime(due) ? due + config.pollIntervalMs : atTick(Date.now() + config.pollIntervalMs);
    this.#nextPollAt = next();
    let sent = false;
    // Behind a crowded address it may be long until its turn: the interval counts from there.
    const onSend = () => {
      this.#nextPollAt = next();
      if (!sent) this.#polls += 1;
      sent = true;
      questions.asked(code);
    };
    const asked = { serviceProvider, device, code };
    return this.#withToken(async (accessToken) =>
      adobePass.profilesByCode({ ...asked, accessToken }, { ...this.#call(), onSend }),
    );
  }

  async #withToken<T>(send: (accessToken: string) => Promise<T>): Promise<T> {
    const { token } = this.#opened;
    if (token.expiresAt - Date.now() < RENEW_BEFORE_EXPIRY_MS) await this.#renew();
    try {
      return await send(this.#opened.token.value);
    } catch (error) {
      if (!needsNewAccessToken(error)) throw error;
      await this.#renew();
      return send(this.#opened.token.value);
    }
  }

  async #renew(): Promise<void> {
    const { adobePass, keys } = this.#dependencies;
    const { device, credentials } = this.#opened;
    const token = await adobePass.accessToken({ credentials, device }, this.#call());
    this.#opened.token = token;
    const sealed = await seal(keys, token, ofDevice('access-token', this.#waiter));
    this.#renewed = { sealed, expiresAt: token.expiresAt };
  }

  #call() {
    return {
      signal: this.#opened.signal,
      scheduledUntil: this.#waiter.notAfter,
      onCall: (record: CallRecord) => {
        this.#calls.push(record);
        if (this.#calls.length > KEPT_CALLS) this.#calls.shift();
      },
    };
  }

  async #news(profiles: readonly Profile[]): Promise<FoundProfile[]> {
    if (profiles.length === 0) return [];
    const { keys } = this.#dependencies;
    return foundNews(keys, this.#waiter, profiles, this.#waiter.passOver);
  }

  #done(outcome: WaitResult['outcome'], profiles: FoundProfile[] = []): WaitResult {
    return {
      outcome,
      profiles,
      polls: this.#polls,
      failedPolls: this.#failedPolls,
      calls: this.#calls,
      ...(this.#renewed ? { accessToken: this.#renewed } : {}),
    };
  }
}

/** Whether the wait is over for good, decided as the contract says: by action, then by session code. */
export function endOf({
  action,
  code,
}: {
  action: string;
  code: string;
}): 'session-gone' | 'registration-lost' | undefined {
  if (action === 'application-registration') return 'registration-lost';
  return SESSION_GONE.includes(code) ? 'session-gone' : undefined;
}

/** Codes of Adobe's by which a session is over. */
const SESSION_GONE = [
  'invalid_authentication_session',
  'invalid_parameter_code',
  'authentication_session_invalidated',
];

/** A timer may be early. @returns whether the time has come; otherwise nobody waits for it any more */
export async function sleepUntil(at: number, signal: AbortSignal): Promise<boolean> {
  for (let left = at - Date.now(); left > 0 && !signal.aborted; left = at - Date.now()) {
    await new Promise<void>((resolve) => {
      const awake = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', awake);
        resolve();
      };
      const timer = setTimeout(awake, left);
      signal.addEventListener('abort', awake);
    });
  }
  return !signal.aborted;
}
