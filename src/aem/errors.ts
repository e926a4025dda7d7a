import type { AemOperation } from './call.ts';
import type { GraphQlError } from './graphql.ts';
import type { Tier } from './tier.ts';

/** What an {@link AemError} is made of. */
export interface AemFailure {
  operation: AemOperation;
  tier: Tier;
  /** Base URL that was asked. */
  host?: string | undefined;
  code: string;
  /** What to do about it, for the person who runs this. */
  hint: string;
  retryable: boolean;
  /** HTTP status; absent when there was no answer. */
  status?: number | undefined;
  /** What AEM or the system said. */
  details?: string | undefined;
  /** Wait at least this long before the next attempt, milliseconds. */
  retryAfterMs?: number | undefined;
  /** GraphQL errors of the answer. */
  errors?: readonly GraphQlError[];
}

/**
 * The one error that calls to AEM fail with (an abort by the caller and errors of the token source
 * excepted: those pass through as they are). Decide by `code` and `retryable`; show `hint` to
 * people. It carries no request, no token and no `cause`, so it may be logged and stored whole.
 *
 * Codes: `invalid_variable`, `invalid_request`, `invalid_cursor`, `tier_not_configured`,
 * `author_only`, `token_rejected`, `token_missing`, `anonymous_fallback`, `wrong_user`, `login_page`,
 * `redirected`, `filter_closed`, `not_found`, `query_not_found`, `forbidden`, `address_refused`,
 * `graphql_errors`, `partial_data`, `throttled`, `too_many_sessions`, `server_error`,
 * `network_error`, `timeout`, `token_timeout`, `circuit_open`, `bulkhead_full`, `not_json`,
 * `invalid_answer`, `too_large`, `cursor_loop`, `duplicate_slug`, `invalid_title`,
 * `http_<status>`.
 */
export class AemError extends Error {
  override readonly name = 'AemError';
  readonly operation: AemOperation;
  readonly tier: Tier;
  readonly host?: string;
  readonly code: string;
  readonly hint: string;
  readonly retryable: boolean;
  readonly status?: number;
  readonly details?: string;
  readonly retryAfterMs?: number;
  readonly errors: readonly GraphQlError[];

  constructor(failure: AemFailure) {
    const { operation, tier, host, code, hint, status, retryAfterMs } = failure;
    const details = failure.details?.slice(0, 300);
    const answer = status === undefined ? code : `${status} ${code}`;
    const where = host === undefined ? tier : `${tier} ${host}`;
    super(`AEM ${where} ${operation}: ${answer}${details ? ` (${details})` : ''}: ${hint}`);
    this.operation = operation;
    this.tier = tier;
    this.code = code;
    this.hint = hint;
    this.retryable = failure.retryable;
    this.errors = failure.errors ?? [];
    if (host !== undefined) this.host = host;
    if (status !== undefined) this.status = status;
    if (details !== undefined) this.details = details;
    if (retryAfterMs !== undefined) this.retryAfterMs = retryAfterMs;
  }
}
