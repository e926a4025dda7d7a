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
   * AEM refused this token: gives another one, or the same where another would not help. Until there
   * is one, everybody else still gets the refused token: AEM may be wrong, or IMS away.
   *
   * @throws ImsError when IMS gives none
   * @throws the reason of an aborted `signal`
   */
  replace(refused: AccessToken, signal?: AbortSignal): Promise<AccessToken>;
  /** Why the last attempt failed; undefined when it didn't. */
  lastError(): ImsError | undefined;
}
