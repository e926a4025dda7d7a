/** What a {@link KeyRolloutError} is made of. */
export interface KeyRolloutFailure {
  code: string;
  /** What happened, which value, what to do; one line without anything secret. */
  message: string;
  /** Whether the same step may succeed a moment later. Default false. */
  retryable?: boolean;
}

/**
 * The one error of a key roll-out. Decide by `code` and `retryable`. It carries no request, no key
 * and no `cause`, so it may be logged and stored whole.
 *
 * Codes: `console_refused`, `console_unavailable`, `console_silent`, `console_answer`,
 * `bundle_missing`, `bundle_inactive`, `bundle_moved`, `keys_missing`, `keys_in_repository`,
 * `keys_mixed`, `keys_changed`, `not_for_this_host`, `backup_missing`, `file_error`,
 * `bundles_not_back`, `path_changed`, `configuration_not_written`, `configuration_damaged`,
 * `test_user_refused`, `test_user_unfit`, `login_unusable`, `token_opaque`, `wrong_url`,
 * `cloud_host`.
 */
export class KeyRolloutError extends Error {
  override readonly name = 'KeyRolloutError';
  readonly code: string;
  readonly retryable: boolean;

  constructor({ code, message, retryable = false }: KeyRolloutFailure) {
    super(message);
    this.code = code;
    this.retryable = retryable;
  }
}

/** An error of the file system, without a stack; its path is no secret. */
export function fileError(error: unknown, doing: string): unknown {
  if (!(error instanceof Error) || !('syscall' in error) || !('code' in error)) return error;
  const path = 'path' in error ? ` ${String(error.path)}` : '';
  const advice =
    error.code === 'EPERM' || error.code === 'EACCES'
      ? "run the agent as the user that owns AEM's files"
      : 'check the disk and the folder';
  return new KeyRolloutError({
    code: 'file_error',
    message: `${doing}: ${String(error.syscall)}${path} failed (${String(error.code)}): ${advice}`,
    retryable: error.code !== 'EPERM' && error.code !== 'EACCES',
  });
}
