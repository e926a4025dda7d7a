/** What went wrong with a call to Adobe's management API. Holds no request and no secret. */
export class ManagementError extends Error {
  override name = 'ManagementError';
  /** Adobe's code where there is one; else `bad_request`, `access_denied`, `http_503`, `timeout`, ... */
  readonly code: string;
  readonly status?: number;
  /** Whether the same call may work later. */
  readonly retryable: boolean;

  constructor(
    code: string,
    message: string,
    { status, retryable = false }: { status?: number; retryable?: boolean } = {},
  ) {
    super(message);
    this.code = code;
    this.retryable = retryable;
    if (status !== undefined) this.status = status;
  }
}
