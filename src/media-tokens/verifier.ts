/**
 * Whoever verifies Adobe's media tokens: the HTTP side-car, or a way of your own to Adobe's library,
 * which is for Java only (`media-tokens`). A token is handed on as it came, never read here.
 */
export interface MediaTokenVerifier {
  /**
   * Verifies one token. Must give up when the signal aborts; what it throws counts as
   * `unverified`, and is repeated nowhere.
   */
  verify(question: MediaTokenQuestion, signal: AbortSignal): Promise<MediaTokenAnswer>;
  /** Ends its connections. */
  close?(): void;
}

/** A media token, and what somebody wants to play with it. */
export interface MediaTokenQuestion {
  /** `mediaToken.value` of a play. Secret until it has ended. */
  token: string;
  /** The resource as `authorize` was asked for it: Adobe's library checks none if it gets none. */
  resource: string;
  /** The channel that the token has to be for. Without it the verifier's own setting counts. */
  serviceProvider?: string;
}

/** What a verifier says. */
export type MediaTokenAnswer =
  | { status: 'valid' }
  | {
      status: 'invalid';
      /**
       * By Adobe's library: `INVALID_TOKEN_FORMAT`, `INVALID_SIGNATURE`, `TOKEN_EXPIRED`,
       * `INVALID_RESOURCE_ID`, `ERROR_UNKNOWN`, or what later versions add.
       */
      reason: string;
    }
  | {
      status: 'unverified';
      problem: MediaTokenProblem;
      /** What went wrong, in one line without the token. */
      message: string;
    };

/**
 * Why there is no word on a token. Nobody is there to ask: `unreachable`, `timeout`, `overloaded`.
 * Somebody is, and it does not work: `refused` (a status that says so), `untrusted` (its
 * certificate), `nonsense` (an answer that is none), `failed` (it broke off, or a verifier of your own
 * threw).
 */
export type MediaTokenProblem =
  'unreachable' | 'timeout' | 'overloaded' | 'refused' | 'untrusted' | 'nonsense' | 'failed';
