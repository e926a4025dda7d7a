import type { Operation } from './operation.ts';

/**
 * Adobe's error object, as it stands at the top of a body or in a decision. `code` and `action`
 * are open sets: Adobe may add values (`enhanced-error-codes`).
 */
export interface EnhancedError {
  code: string;
  /** What to do about it: `none`, `configuration`, `application-registration`, `authentication`,
   * `authorization`, `retry`, or a value that didn't exist when this was written. */
  action: string;
  /** The error's own status; may differ from the HTTP status. */
  status: number;
  message: string;
  details?: string;
  helpUrl?: string;
  /** Adobe's id of the incident, for support tickets. */
  trace?: string;
}

/** What an {@link AdobePassError} is made of. */
export interface Failure {
  operation: Operation;
  code: string;
  action: string;
  retryable: boolean;
  /** HTTP status; absent when there was no answer. */
  status?: number;
  /** Status inside the error object. */
  errorStatus?: number;
  /** Text of the error object, for people. */
  reason?: string;
  details?: string;
  helpUrl?: string;
  trace?: string;
  retryAfterMs?: number;
}

/**
 * The one error every call of this client fails with (an abort by the caller excepted). Decide by
 * `action` and `retryable`, not by lists of codes. It carries no request, no URL, no secret and no
 * `cause`, so it may be logged and stored whole.
 *
 * Codes of our own: `throttled`, `rate_limited`, `access_token_rejected`, `server_error`,
 * `network_error`, `timeout`, `circuit_open`, `bulkhead_full`, `invalid_response`,
 * `invalid_request`, `bad_request`, `forbidden`, `not_found`, `method_not_allowed`, `http_<status>`.
 */
export class AdobePassError extends Error {
  override readonly name = 'AdobePassError';
  readonly operation: Operation;
  readonly code: string;
  readonly action: string;
  readonly retryable: boolean;
  readonly status?: number;
  readonly errorStatus?: number;
  /** Adobe's text, for people; the message has it too. */
  readonly reason?: string;
  readonly details?: string;
  readonly helpUrl?: string;
  readonly trace?: string;
  /** Wait at least this long before the next attempt, milliseconds. */
  readonly retryAfterMs?: number;

  constructor(failure: Failure) {
    super(messageOf(failure));
    const { operation, code, status, details } = failure;
    this.operation = operation;
    this.code = code;
    this.action = failure.action;
    this.retryable = failure.retryable;
    if (status !== undefined) this.status = status;
    if (failure.errorStatus !== undefined) this.errorStatus = failure.errorStatus;
    if (failure.reason) this.reason = failure.reason.slice(0, 300);
    if (details !== undefined) this.details = details;
    if (failure.helpUrl !== undefined) this.helpUrl = failure.helpUrl;
    if (failure.trace !== undefined) this.trace = failure.trace;
    if (failure.retryAfterMs !== undefined) this.retryAfterMs = failure.retryAfterMs;
  }
}

function messageOf({ operation, code, status, reason, retryAfterMs = 0 }: Failure): string {
  if (code === 'rate_limited') {
    return (
      `${operation} was not sent: devicepass's own limit is one request a second for each ` +
      `viewer's address, after 10 at once: try again in ${retryAfterMs} ms`
    );
  }
  if (code === 'throttled' && status === undefined) {
    return `${operation} was not sent: Adobe Pass answers this viewer's address again in ${retryAfterMs} ms`;
  }
  const answer = status === undefined ? code : `${status} ${code}`;
  return `Adobe Pass ${operation}: ${answer}${reason ? `: ${reason.slice(0, 300)}` : ''}`;
}

/**
 * Whether the same request may succeed when repeated: Adobe says so (`action: 'retry'`), or there
 * was no word from Adobe at all (throttled, overloaded, unreachable). Works alike for thrown
 * errors and for the error of a decision.
 */
export function isRetryable(error: EnhancedError | AdobePassError): boolean {
  return error instanceof AdobePassError ? error.retryable : error.action === 'retry';
}

/**
 * Whether a new access token is the remedy: any 401 but the one that asks for a new registration
 * (`rest-api-v2-checklist`, "Registration"). Adobe has no code for an expired token.
 */
export function needsNewAccessToken(error: unknown): boolean {
  return (
    error instanceof AdobePassError &&
    error.status === 401 &&
    error.action !== 'application-registration'
  );
}
