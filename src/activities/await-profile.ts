import { setTimeout as sleep } from 'node:timers/promises';
import { activityInfo, Context, heartbeat } from '@temporalio/activity';
import {
  AdobePassError,
  type AccessToken,
  type CallRecord,
  type ClientCredentials,
  needsNewAccessToken,
  type Profile,
} from '../adobe-pass/index.ts';
import { ofDevice, open, seal, type Sealed, SealedError } from '../sealing/index.ts';
import type { ProfileMark } from '../workflows/messages.ts';
import type { UpstreamCall } from '../workflows/upstream-call.ts';
import type { Dependencies } from './dependencies.ts';
import { applicationFailure, workerStopping } from './failures.ts';
import { found, type FoundProfile } from './found-profile.ts';
import { mustBeItsOwn } from './own-workflow.ts';
import { QUESTION_DISTANCE_MS } from './waits.ts';
import { type Asker, streamingDevice } from './upstream.ts';

/** What to wait for. */
export interface Wanted extends Omit<Asker, 'deadline'> {
  code: string;
  /** ms since the epoch: when the wait began, its first poll is due, and the code ends */
  startedAt: number;
  firstPollAt: number;
  notAfter: number;
  credentials: Sealed<ClientCredentials>;
  accessToken: Sealed<AccessToken>;
  /** Profiles that are no news: the viewer is to sign in anew. */
  passOver?: ProfileMark[];
}

export interface AwaitedLogin {
  outcome: 'signed-in' | 'expired' | 'session-gone' | 'registration-lost' | 'stopped';
  /** What the login led to, the longest validity first. */
  profiles: FoundProfile[];
  /** The token that was renewed on the way. */
  accessToken?: { sealed: Sealed<AccessToken>; expiresAt: number };
  polls: number;
  failedPolls: number;
  /** The last calls, for operators. */
  calls: UpstreamCall[];
}

/** Where the wait stands, so that another worker goes on where this one was stopped. */
interface Progress {
  nextPollAt: number;
  polls: number;
  failedPolls: number;
  accessToken?: Sealed<AccessToken>;
}

const RENEW_BEFORE_EXPIRY_MS = 60_000;
const KEPT_CALLS = 5;
/** How long the last look may wait for its turn. */
const LATE_LOOK_MS = 15_000;
/** Often enough for the shortest time-out, however long a poll or its turn takes. */
const HEARTBEAT_EVERY_MS = 15_000;

/**
 * Waits for a login as one long activity: 2,000 waiting devices cost 0.3 cores so, against 1.9 with
 * a timer and an activity each poll. A failed poll is counted and polling goes on; only a profile,
 * the code's end, a dead session or a dead registration ends it (ATN-02..05).
 */
export async function awaitProfile(
  dependencies: Dependencies,
  wanted: Wanted,
): Promise<AwaitedLogin> {
  mustBeItsOwn(wanted);
  const wait = dependencies.waits.begin(wanted);
  try {
    return await poll(dependencies, wanted, wait.signal);
  } catch (error) {
    if (!(error instanceof SealedError)) throw error;
    // Tried again: another worker may have the key, while keys are being rotated.
    const details = { action: 'configuration' };
    throw applicationFailure('sealed_value', error.message, details, { nonRetryable: false });
  } finally {
    wait.end();
  }
}

async function poll(
  dependencies: Dependencies,
  wanted: Wanted,
  stopped: AbortSignal,
): Promise<AwaitedLogin> {
  const { adobePass, keys, waits, config, app } = dependencies;
  const { cancellationSignal } = Context.current();
  const ended = AbortSignal.any([stopped, cancellationSignal]);
  const before = activityInfo().heartbeatDetails as Progress | undefined;
  const progress: Progress = before ?? { nextPollAt: wanted.firstPollAt, polls: 0, failedPolls: 0 };

  const device = await streamingDevice(dependencies, wanted);
  const credentials = await open(keys, wanted.credentials, ofDevice('credentials', wanted));
  const forToken = ofDevice('access-token', wanted);
  let token = await open(keys, progress.accessToken ?? wanted.accessToken, forToken);
  const { serviceProvider } = app(wanted.app);
  const calls: CallRecord[] = [];
  const call = {
    signal: ended,
    scheduledUntil: wanted.notAfter,
    onCall: (record: CallRecord) =>
      calls.splice(0, calls.length, ...calls.slice(1 - KEPT_CALLS), record),
  };

  const renew = async () => {
    token = await adobePass.accessToken({ credentials, device }, call);
    progress.accessToken = await seal(keys, token, forToken);
  };
  const withToken = async <T>(send: (accessToken: string) => Promise<T>): Promise<T> => {
    if (token.expiresAt - Date.now() < RENEW_BEFORE_EXPIRY_MS) await renew();
    try {
      return await send(token.value);
    } catch (error) {
      if (!needsNewAccessToken(error)) throw error;
      await renew();
      return send(token.value);
    }
  };
  const news = async (profiles: readonly Profile[]): Promise<FoundProfile[]> =>
    (await found(keys, wanted, profiles, wanted.passOver)).filter(({ passedOver }) => !passedOver);
  const done = async (
    outcome: AwaitedLogin['outcome'],
    profiles: FoundProfile[] = [],
  ): Promise<AwaitedLogin> => {
    return {
      outcome,
      profiles,
      polls: progress.polls,
      failedPolls: progress.failedPolls,
      calls,
      ...(progress.accessToken
        ? { accessToken: { sealed: progress.accessToken, expiresAt: token.expiresAt } }
        : {}),
    };
  };

  const askOnce = async (): Promise<Profile[]> => {
    progress.nextPollAt = Date.now() + config.pollIntervalMs;
    let sent = false;
    // Behind a crowded address it may be long until its turn: the interval counts from there.
    const onSend = () => {
      progress.nextPollAt = Date.now() + config.pollIntervalMs;
      if (!sent) progress.polls += 1;
      sent = true;
      waits.asked(wanted.code);
    };
    const asked = { serviceProvider, device, code: wanted.code };
    return withToken(async (accessToken) =>
      adobePass.profilesByCode({ ...asked, accessToken }, { ...call, onSend }),
    );
  };

  const beating = setInterval(() => heartbeat(progress), HEARTBEAT_EVERY_MS);
  try {
    for (;;) {
      heartbeat(progress);
      await sleepUntil(Math.min(progress.nextPollAt, wanted.notAfter), ended);
      if (Date.now() >= wanted.notAfter) break;
      // A nudge may have asked just now, or be about to.
      const soonest = (waits.lastNudge(wanted.code) ?? 0) + QUESTION_DISTANCE_MS;
      if (Date.now() < soonest) {
        progress.nextPollAt = soonest;
        continue;
      }
      try {
        const profiles = await news(await askOnce());
        if (profiles.length > 0) return await done('signed-in', profiles);
      } catch (error) {
        ended.throwIfAborted();
        const end = endOf(error);
        if (end) return await done(end);
        progress.failedPolls += 1;
        // Adobe may want to be left alone for longer.
        const { retryAfterMs = 0 } = error instanceof AdobePassError ? error : {};
        progress.nextPollAt = Math.max(progress.nextPollAt, Date.now() + retryAfterMs);
      }
    }
    // The viewer may have finished after the last poll, and nobody may have said so.
    const late = await withToken(async (accessToken) =>
      adobePass.profiles(
        { accessToken, serviceProvider, device },
        { ...call, scheduledUntil: Date.now() + LATE_LOOK_MS },
      ),
    ).catch((): Profile[] => []);
    ended.throwIfAborted();
    const profiles = await news(late);
    return await done(profiles.length > 0 ? 'signed-in' : 'expired', profiles);
  } catch (error) {
    if (stopped.aborted) return await done('stopped');
    if (cancellationSignal.aborted) throw stoppedFromOutside(cancellationSignal.reason);
    throw error;
  } finally {
    clearInterval(beating);
  }
}

/** Whether the wait is over for good, decided as the contract says: by action, then by session code. */
function endOf(error: unknown): 'session-gone' | 'registration-lost' | undefined {
  if (!(error instanceof AdobePassError)) throw error;
  if (error.action === 'application-registration') return 'registration-lost';
  const gone = ['invalid_authentication_session', 'invalid_parameter_code'];
  return gone.includes(error.code) ? 'session-gone' : undefined;
}

/** A stopping worker hands its wait over at once; a cancelled workflow ends it. */
function stoppedFromOutside(reason: unknown): unknown {
  const stopping = reason instanceof Error && reason.message === 'WORKER_SHUTDOWN';
  return stopping ? workerStopping() : reason;
}

/** A timer may be early. */
async function sleepUntil(at: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  for (let left = at - Date.now(); left > 0; left = at - Date.now()) {
    await sleep(left, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}
