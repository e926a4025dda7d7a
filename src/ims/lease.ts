import type { AccessToken } from './access-token.ts';
import type { Credentials } from './credentials.ts';
import type { ImsError } from './errors.ts';

/** The token of one credential, kept and renewed. */
export interface Lease {
  readonly credentials: Credentials;
  /**
   * A token that hasn't ended, at once where there is one.
   *
   * @throws ImsError when none can be had
   * @throws the reason of an aborted `signal`; whoever else waits still gets the token
   */
  token(signal?: AbortSignal): Promise<AccessToken>;
  /** The token at hand, if any that hasn't ended. */
  peek(): AccessToken | undefined;
  /**
   * AEM refused this token: `dropped`, so that the next caller gets a new one; `kept`, as a new one
   * can't be had or was just had; `other`, it isn't the one at hand.
   */
  invalidate(token: AccessToken): 'dropped' | 'kept' | 'other';
  /** Why the last attempt failed; undefined when it didn't. */
  lastError(): ImsError | undefined;
}
