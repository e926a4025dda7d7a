import { BrokenCircuitError, BulkheadRejectedError } from 'cockatiel';
import { untilAborted } from '../http/until-aborted.ts';
import type { About, AemCall, AemCallRecord } from './call.ts';
import { AemError } from './errors.ts';

/** Whom a call waits for: an error for lack of time names them. Callers of one request share it. */
export interface Progress {
  waitsFor: 'aem' | 'token';
}

/** What the work of a call tells its record, and of whom it waits for. */
export type Note = (
  facts: Pick<AemCallRecord, 'status' | 'cached'> & { progress?: Progress },
) => void;

/**
 * Does the work of one call within its time, and tells `onCall` how it went. Rejects with an
 * AemError, the reason of the caller's signal, or an error of the token source as it is.
 */
export async function perform<T>(
  about: About,
  limitMs: number,
  call: AemCall,
  work: (signal: AbortSignal, note: Note) => Promise<T>,
): Promise<T> {
  const { operation, tier } = about;
  const record: AemCallRecord = { operation, tier, at: Date.now(), ms: 0 };
  const startedAt = performance.now();
  const timer = timeLimit(Math.min(limitMs, call.timeoutMs ?? Infinity));
  const signal = call.signal ? AbortSignal.any([call.signal, timer]) : timer;
  let underWay: Progress | undefined;
  const note: Note = ({ progress, ...facts }) => {
    underWay = progress ?? underWay;
    Object.assign(record, facts);
  };
  try {
    signal.throwIfAborted();
    return await untilAborted(work(signal, note), signal);
  } catch (error) {
    if (signal.aborted && signal.reason !== timer.reason) {
      record.code = 'aborted';
      throw signal.reason;
    }
    const failure = explained(about, signal.aborted ? timer.reason : error, underWay);
    record.code = codeOf(failure);
    if (failure instanceof AemError && failure.status !== undefined) record.status = failure.status;
    throw failure;
  } finally {
    record.ms = Math.round(performance.now() - startedAt);
    call.onCall?.(record);
  }
}

/** Aborts after so many milliseconds. */
export function timeLimit(ms: number): AbortSignal {
  return AbortSignal.timeout(Math.max(0, Math.floor(ms)));
}

/** Turns what isn't the token source's into an AemError. */
function explained(about: About, error: unknown, progress?: Progress): unknown {
  const local = (code: string, hint: string) =>
    new AemError({ ...about, code, hint, retryable: true });
  if (isTimeout(error)) {
    return progress?.waitsFor === 'token' ? tokenTimeoutOf(about) : timeoutOf(about);
  }
  if (error instanceof BrokenCircuitError) {
    return local('circuit_open', 'the tier failed repeatedly and is left alone for a while');
  }
  if (error instanceof BulkheadRejectedError) {
    return local('bulkhead_full', 'too many requests wait for this tier');
  }
  return error;
}

/** Whether an abort was for lack of time. */
export function isTimeout(reason: unknown): boolean {
  return reason instanceof DOMException && reason.name === 'TimeoutError';
}

/** The error of a call whose time is up. */
export function timeoutOf(about: About): AemError {
  const hint = 'AEM did not answer in time';
  return new AemError({ ...about, code: 'timeout', hint, retryable: true });
}

function tokenTimeoutOf(about: About): AemError {
  return new AemError({
    ...about,
    code: 'token_timeout',
    details: 'waited for IMS',
    hint: 'IMS, or a proxy before it, gave no token in time: the failed renewal in the log names the hop',
    retryable: true,
  });
}

function codeOf(error: unknown): string {
  const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'failed';
}
