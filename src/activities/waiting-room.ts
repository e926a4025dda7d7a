import { randomUUID } from 'node:crypto';
import {
  AdobePassError,
  type CallRecord,
  needsNewAccessToken,
  type Profile,
  type StreamingDevice,
} from '../adobe-pass/index.ts';
import { ofDevice, seal } from '../sealing/index.ts';
import type { AccessToken, ClientCredentials } from '../adobe-pass/index.ts';
import type { ProfileMark } from '../workflows/messages.ts';
import type { Registration } from '../workflows/state.ts';
import type { UpstreamCall } from '../workflows/upstream-call.ts';
import type { Dependencies } from './dependencies.ts';
import { found, type FoundProfile } from './found-profile.ts';
import { QUESTION_DISTANCE_MS, Questions } from './questions.ts';
import { type Asker, openOnce, type Opened, openToken, streamingDevice } from './upstream.ts';

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

interface Whose {
  app: string;
  deviceId: string;
}

const RENEW_BEFORE_EXPIRY_MS = 60_000;
const KEPT_CALLS = 5;
/** How long a result is kept for whom was called. */
const KEPT_MS = 60_000;
/** Between calls of a device that could not be reached: three times as long each time. */
const CALL_AGAIN_MS = 200;
const CALL_AGAIN_AT_MOST_MS = 15_000;

/**
 * The devices that wait for a login in this process: each is polled for every interval until its
 * login is done, then its workflow is called and takes the result. Nothing of it is kept at Temporal:
 * when the process dies, others are told who waited here, and the end of a code wakes its device in
 * any case. A failed poll is counted and polling goes on; only a profile, a dead session or a dead
 * registration ends a wait (ATN-02..05).
 */
export class WaitingRoom {
  /** Names this process among those of a stack. */
  readonly process = `${process.pid}-${randomUUID().slice(0, 8)}`;
  /** Names this room. There is a new one after each time that the others took this process for dead. */
  #number = 1;
  /** When codes were asked for in this process. */
  readonly questions = new Questions();
  readonly #waits = new Map<string, Wait>();
  readonly #dependencies: PollDependencies;
  #closed = false;

  constructor(dependencies: WaitingRoomDependencies) {
    this.#dependencies = { ...dependencies, questions: this.questions };
  }

  /**
   * Lets a device wait, in the place of an earlier wait of its own.
   *
   * @throws SealedError where this process lacks the key
   */
  async enter(waiter: Waiter, opened?: Opened): Promise<void> {
    const key = keyOf(waiter);
    const wait = await beginWait(this.#dependencies, waiter, opened);
    this.#waits.get(key)?.leave();
    // Whoever tells of the end of this room tells of this device too.
    if (this.#closed) return wait.leave();
    this.#waits.set(key, wait);
    void wait.isOver.then(() => {
      if (this.#waits.get(key) === wait) this.#waits.delete(key);
    });
  }

  /** What a wait has found out since it was last asked, if its device waits here. */
  report(whose: Whose): WaitReport | undefined {
    return this.#waits.get(keyOf(whose))?.report();
  }

  /** Ends the wait of a device, if it waits here. */
  leave(whose: Whose): { stopped: number } {
    const key = keyOf(whose);
    const wait = this.#waits.get(key);
    if (!wait) return { stopped: 0 };
    wait.leave();
    this.#waits.delete(key);
    return { stopped: 1 };
  }

  /** Takes what came of a device's wait, once. */
  take(whose: Whose, code: string): WaitResult | undefined {
    const wait = this.#waits.get(keyOf(whose));
    if (wait?.waiter.code !== code || wait.result === undefined) return undefined;
    this.leave(whose);
    return wait.result;
  }

  get id(): string {
    return `${this.process}.${this.#number}`;
  }

  /** The room has a new name. Whoever waits here is to be told that the old one is closed. */
  rename(): { closed: string; waiters: Waiter[] } {
    const closed = this.id;
    this.#number += 1;
    const waits = [...this.#waits.values()];
    return { closed, waiters: waits.map(({ waiter }) => waiter) };
  }

  /** Nobody is polled for any more. */
  close(): void {
    this.#closed = true;
    for (const wait of this.#waits.values()) wait.leave();
    this.#waits.clear();
  }

  /** The code that a device waits with here, or has waited with while its result is not taken. */
  waitsFor(whose: Whose): string | undefined {
    return this.#waits.get(keyOf(whose))?.waiter.code;
  }

  /** How many devices wait here. */
  get size(): number {
    return this.#waits.size;
  }
}

export interface WaitingRoomDependencies extends Pick<
  Dependencies,
  'adobePass' | 'keys' | 'app' | 'config'
> {
  /** Tells a device's workflow that its wait for this code is over. Rejects when it can't be told now. */
  call: (workflowId: string, code: string) => Promise<void>;
  /** A device could not be told. It is tried again. */
  log: (workflowId: string, error: unknown) => void;
}

interface PollDependencies extends WaitingRoomDependencies {
  questions: Questions;
}

/** The last calls of a wait, and a token that was renewed on the way. */
export interface WaitReport {
  calls: UpstreamCall[];
  credentials: Registration['credentials'];
  accessToken?: NonNullable<Registration['accessToken']>;
}

interface Wait {
  waiter: Waiter;
  report: () => WaitReport;
  result?: WaitResult;
  isOver: Promise<void>;
  leave: () => void;
}

async function beginWait(
  dependencies: PollDependencies,
  waiter: Waiter,
  opened?: Opened,
): Promise<Wait> {
  const { app } = dependencies;
  const { sealed: accessToken } = waiter.registration.accessToken;
  const known = opened ? { opened } : {};
  const { credentials: sealed } = waiter.registration;
  const [device, token, credentials] = await Promise.all([
    streamingDevice(dependencies, { ...waiter, ...known }),
    openToken(dependencies, { ...waiter, accessToken, ...known }),
    openOnce(dependencies.keys, known, sealed, ofDevice('credentials', waiter)),
  ]);
  const left = new AbortController();
  const poller = new Poller(dependencies, waiter, {
    device,
    token,
    credentials,
    serviceProvider: app(waiter.app).serviceProvider,
    signal: left.signal,
  });
  const wait: Wait = {
    waiter,
    leave: () => left.abort(),
    isOver: Promise.resolve(),
    report: () => poller.report(),
  };
  wait.isOver = (async () => {
    const result = await poller.poll();
    if (left.signal.aborted) return;
    if (result) {
      wait.result = result;
      await callUntilHeard(dependencies, waiter, left.signal);
    }
    await sleepUntil(Date.now() + KEPT_MS, left.signal);
  })().catch(() => undefined);
  return wait;
}

interface Ready {
  device: StreamingDevice;
  token: AccessToken;
  credentials: ClientCredentials;
  serviceProvider: string;
  signal: AbortSignal;
}

/** Polls for one code. */
class Poller {
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
    this.#nextPollAt = waiter.firstPollAt;
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
        this.#nextPollAt = soonest;
        continue;
      }
      try {
        const profiles = await this.#news(await this.#askOnce());
        if (profiles.length > 0) return this.#done('signed-in', profiles);
      } catch (error) {
        if (signal.aborted) return undefined;
        const end = endOf(error);
        if (end) return this.#done(end);
        this.#failedPolls += 1;
        // Adobe may want to be left alone for longer.
        const { retryAfterMs = 0 } = error instanceof AdobePassError ? error : {};
        this.#nextPollAt = Math.max(this.#nextPollAt, Date.now() + retryAfterMs);
      }
    }
  }

  async #askOnce(): Promise<Profile[]> {
    const { adobePass, config, questions } = this.#dependencies;
    const { code } = this.#waiter;
    const { device, serviceProvider } = this.#opened;
    this.#nextPollAt = Date.now() + config.pollIntervalMs;
    let sent = false;
    // Behind a crowded address it may be long until its turn: the interval counts from there.
    const onSend = () => {
      this.#nextPollAt = Date.now() + config.pollIntervalMs;
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
    const all = await found(keys, this.#waiter, profiles, this.#waiter.passOver);
    return all.filter(({ passedOver }) => !passedOver);
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
function endOf(error: unknown): 'session-gone' | 'registration-lost' | undefined {
  if (!(error instanceof AdobePassError)) return undefined;
  if (error.action === 'application-registration') return 'registration-lost';
  return SESSION_GONE.includes(error.code) ? 'session-gone' : undefined;
}

/** Codes of Adobe's by which a session is over. */
export const SESSION_GONE = ['invalid_authentication_session', 'invalid_parameter_code'];

/** Temporal may be away for a while. */
async function callUntilHeard(
  { call, log }: WaitingRoomDependencies,
  { workflowId, code, notAfter }: Waiter,
  signal: AbortSignal,
): Promise<void> {
  // After the end of its code the workflow wakes by itself.
  for (let pause = CALL_AGAIN_MS; Date.now() < notAfter; pause *= 3) {
    try {
      return await call(workflowId, code);
    } catch (error) {
      if (pause === CALL_AGAIN_MS) log(workflowId, error);
      const again = Date.now() + Math.min(pause, CALL_AGAIN_AT_MOST_MS);
      if (!(await sleepUntil(again, signal))) return;
    }
  }
}

/** A timer may be early. @returns whether the time has come; otherwise nobody waits for it any more */
async function sleepUntil(at: number, signal: AbortSignal): Promise<boolean> {
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

function keyOf({ app, deviceId }: Whose): string {
  return `${app}:${deviceId}`;
}
