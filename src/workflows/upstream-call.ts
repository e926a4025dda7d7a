/** One call to Adobe Pass as operators see it. */
export interface UpstreamCall {
  operation: string;
  /** ms since the epoch */
  at: number;
  ms: number;
  status?: number;
  /** Of a call that failed, or of a denial. */
  code?: string;
  trace?: string;
  /** What was asked for, where it is a decision: a resource, or how many were permitted. */
  about?: string;
  /** What of a good answer could not be read, or had to be guessed. */
  note?: string;
}

/** The last call that went wrong, with what a support ticket needs. */
export interface UpstreamError {
  operation: string;
  at: number;
  code: string;
  action: string;
  status?: number;
  trace?: string;
  message: string;
  /** What the MVPD says to its subscriber. */
  details?: string;
  /** What could not be played. */
  resource?: string;
}

/** `details[0]` of every failure of an activity, and of every update that fails because of one. */
export interface FailureDetails {
  action: string;
  status?: number;
  trace?: string;
  operation?: string;
  /** Adobe's own words, for people. */
  reason?: string;
  details?: string;
  resource?: string;
  /** Whether repeating the same call later may help. */
  retryable?: boolean;
  /** How long to wait at least before that, in ms. */
  retryAfterMs?: number;
  calls?: UpstreamCall[];
}

/** What went wrong with a call, or with an activity. */
export interface Problem extends FailureDetails {
  code: string;
  message: string;
}

/** What a call brings back: its value and the HTTP requests that it took. */
export interface Upstream<T> {
  value: T;
  calls: UpstreamCall[];
}
