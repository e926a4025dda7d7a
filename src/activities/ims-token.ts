import type { CredentialStatus, TokenSource } from '../ims/index.ts';
import { aemFailure } from './aem-failures.ts';

/** A token is at hand in this worker. What history may hold of it: when it ends, never itself. */
export interface HeldToken extends Pick<
  CredentialStatus,
  'kind' | 'credential' | 'certificateNotAfter' | 'certificateDaysLeft'
> {
  /** ms since the epoch; absent for Basic and none, which don't end. */
  expiresAt?: number;
}

export function imsTokenActivities(tokens: TokenSource) {
  return {
    /**
     * Makes sure that this worker has a token for AEM. The token stays in the worker.
     *
     * @throws ApplicationFailure with the code of the `ImsError`; not retryable where no try helps
     */
    async acquireImsToken(): Promise<HeldToken> {
      try {
        const { expiresAt } = await tokens.accessToken();
        const { kind, credential, certificateNotAfter, certificateDaysLeft } =
          await tokens.status();
        return {
          kind,
          credential,
          ...(Number.isFinite(expiresAt) && { expiresAt }),
          ...(certificateNotAfter !== undefined && { certificateNotAfter }),
          ...(certificateDaysLeft !== undefined && { certificateDaysLeft }),
        };
      } catch (error) {
        throw aemFailure(error);
      }
    },
  };
}
