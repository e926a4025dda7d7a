import type { CredentialKind } from './credentials.ts';
import type { ImsError } from './errors.ts';

/** What happened, for logs and metrics. `credential` is the AEM user, or the client where unknown. */
export type ImsEvent =
  | { type: 'renewed'; credential: string; kind: CredentialKind; expiresAt: number; tries: number }
  | {
      type: 'renewal_failed';
      credential: string;
      error: ImsError;
      /** How long the present token can still be served, milliseconds; 0: callers fail. */
      validForMs: number;
    }
  | {
      type: 'certificate_ends';
      credential: string;
      /** Epoch milliseconds. */
      notAfter: number;
      /** The warning that this is: 30, 7 or 1 day before, 0 when it has ended. */
      withinDays: 30 | 7 | 1 | 0;
    }
  /** The file holds another credential; `ready` when a token came of it. */
  | { type: 'credentials_changed'; credential: string; ready: boolean }
  /** The file changed but can't be used, or is open to others: the former content stays in use. */
  | { type: 'credentials_warning'; error: ImsError };
