import { ActivityFailure, ApplicationFailure, isCancellation } from '@temporalio/workflow';

/** Why a roll-out can't go on. */
export interface Trouble {
  code: string;
  /** One line for people. */
  message: string;
}

/** Reads a failure; `undefined` for a bug. */
export function troubleOf(error: unknown): Trouble | undefined {
  if (isCancellation(error)) return { code: 'cancelled', message: 'the roll-out was cancelled' };
  const cause = error instanceof ActivityFailure ? error.cause : error;
  if (!(cause instanceof ApplicationFailure)) return undefined;
  return { code: cause.type ?? 'unknown', message: cause.message };
}

/** Something that the workflow itself has found. */
export function trouble({ code, message }: Trouble): ApplicationFailure {
  return ApplicationFailure.create({ type: code, message, nonRetryable: true });
}
