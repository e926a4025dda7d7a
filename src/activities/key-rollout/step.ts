import { CancelledFailure, Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { KeyRolloutError } from '../../key-rollout/index.ts';
import { SealedError } from '../../sealing/index.ts';

/** What a step tells whoever may have to take it up again. */
export interface Beat {
  /** What an earlier try of the same step had noted. */
  before: unknown;
  note: (details: unknown) => void;
  signal: AbortSignal;
}

/**
 * Runs one step: heartbeats as long as it takes, and turns errors into small failures. The original
 * error is never the cause of one, for nobody knows what it holds.
 */
export async function inStep<T>(name: string, host: string, work: (beat: Beat) => Promise<T>) {
  const context = Context.current();
  const { heartbeatTimeoutMs = 30_000, heartbeatDetails: before } = context.info;
  let details: unknown = before;
  const timer = setInterval(() => context.heartbeat(details), heartbeatTimeoutMs / 4);
  try {
    return await work({
      before,
      note(next) {
        details = next;
        context.heartbeat(details);
      },
      signal: context.cancellationSignal,
    });
  } catch (error) {
    if (context.cancellationSignal.aborted) {
      throw new CancelledFailure(`${name} on ${host} was cancelled`);
    }
    throw failureOf(error, name, host);
  } finally {
    clearInterval(timer);
  }
}

function failureOf(error: unknown, name: string, host: string): ApplicationFailure {
  const failure = (type: string, message: string, nonRetryable: boolean) =>
    ApplicationFailure.create({ type, message: naming(host, message), nonRetryable });
  if (error instanceof KeyRolloutError) {
    return failure(error.code, error.message, !error.retryable);
  }
  if (error instanceof SealedError) {
    return failure(
      'sealed_value',
      `${host} can't open what it was given: give all agents of the farm, and whoever starts a roll-out, the same AEM_HOST_KEYS`,
      true,
    );
  }
  const what = error instanceof Error ? error : new Error(String(error));
  Context.current().log.error(`${name}: ${what.message}`);
  return failure(
    'unexpected',
    `${name} on ${host} failed (${what.name}): see its agent's log`,
    false,
  );
}

/** Operators read failures of many hosts in one place: each says whose it is. */
function naming(host: string, message: string): string {
  const words = message.split(/[\s:,;]+/);
  return words.includes(host) ? message : `${host}: ${message}`;
}
