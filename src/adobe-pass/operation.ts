/** The calls of this client, by intention. */
export type Operation =
  | 'register'
  | 'token'
  | 'configuration'
  | 'createSession'
  | 'resumeSession'
  | 'retrieveSession'
  | 'profiles'
  | 'profileByMvpd'
  | 'profileByCode'
  | 'preauthorize'
  | 'authorize'
  | 'logout'
  | 'partnerRequest'
  | 'partnerProfile';

/** One attempted call, for logs and metrics. Holds nothing secret. */
export interface CallRecord {
  operation: Operation;
  /** When the call began, epoch milliseconds. */
  at: number;
  /** How long it took, waiting included, milliseconds. */
  ms: number;
  /** HTTP status; absent when there was no answer. */
  status?: number;
  /** `AdobePassError` code of a failed call. */
  code?: string;
  /** Adobe's trace id, for support tickets. */
  trace?: string;
  /** What of a good answer could not be read, or had to be guessed. */
  note?: string;
}

/** How one call is to be made. */
export interface Call {
  /** Aborting rejects the call with the signal's reason. */
  signal?: AbortSignal;
  /**
   * Limit of the whole call in milliseconds, the wait for its turn included. The request itself has
   * `requestTimeoutMs` at most.
   */
  timeoutMs?: number;
  /**
   * Nobody waits for the answer of this call: it lets those go before who ask, and waits for its
   * turn until then, ms since the epoch. Its time counts from its turn.
   */
  scheduledUntil?: number;
  /** Called when its turn has come, just before it is sent. */
  onSend?: () => void;
  /** Called once per call, whether it succeeded or not. */
  onCall?: (record: CallRecord) => void;
}
