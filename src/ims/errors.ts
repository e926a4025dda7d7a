/** What an {@link ImsError} is made of. */
export interface ImsFailure {
  code: string;
  /** Where it went wrong: `credentials <source>`, `proxy host:port`, `gateway before host` or `ims host`. */
  hop: string;
  /** What to do about it, one sentence. */
  hint: string;
  retryable: boolean;
  /** HTTP status; absent when there was no answer. */
  status?: number | undefined;
  /** IMS's own words, without secrets. */
  description?: string | undefined;
  /** IMS's `x-debug-id`, for support tickets. */
  trace?: string | undefined;
  /** Wait at least this long, milliseconds. */
  retryAfterMs?: number | undefined;
  /** This host's clock minus that of IMS, milliseconds; only where it may be the reason. */
  clockSkewMs?: number | undefined;
}

/**
 * The one error of this folder (a caller's abort excepted): no token could be had. Decide by
 * `retryable`. It carries no request, no secret and no `cause`, so it may be logged and stored.
 *
 * Codes of IMS: `invalid_client`, `invalid_token`, `invalid_signature`, `invalid_scope`,
 * `bad_request`, an open set. Of a connection: `timeout` and those of `HttpFailureCode`. Our own:
 * `throttled`, `server_error`, `invalid_response`, `unexpected_redirect`, `http_<status>`;
 * `credentials_unreadable`, `credentials_exposed`, `unknown_credentials`, `incomplete_credentials`,
 * `credentials_revoked`, `wrong_console`, `invalid_private_key`, `invalid_certificate`,
 * `key_mismatch`, `host_not_allowed`, `local_token_expired`, `local_token_rejected`.
 */
export class ImsError extends Error {
  override readonly name = 'ImsError';
  readonly code: string;
  readonly hop: string;
  readonly hint: string;
  readonly retryable: boolean;
  readonly status?: number;
  readonly description?: string;
  readonly trace?: string;
  readonly retryAfterMs?: number;
  readonly clockSkewMs?: number;

  constructor(failure: ImsFailure) {
    const { code, hop, hint, retryable, status, description } = failure;
    const said = description ? `: ${description.slice(0, 600)}` : '';
    super(`${hop}: ${status === undefined ? '' : `${status} `}${code}${said}; ${hint}`);
    this.code = code;
    this.hop = hop;
    this.hint = hint;
    this.retryable = retryable;
    if (status !== undefined) this.status = status;
    if (description) this.description = description;
    if (failure.trace !== undefined) this.trace = failure.trace;
    if (failure.retryAfterMs !== undefined) this.retryAfterMs = failure.retryAfterMs;
    if (failure.clockSkewMs !== undefined) this.clockSkewMs = failure.clockSkewMs;
  }
}

/** Something is wrong with the credential itself: no request was made, none would help. */
export function credentialError(
  code: string,
  hint: string,
  description?: string,
  source = '',
): ImsError {
  const hop = source ? `credentials ${source}` : 'credentials';
  return new ImsError({ code, hop, hint, retryable: false, description });
}
