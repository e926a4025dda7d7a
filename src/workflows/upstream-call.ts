/** One call to Adobe Pass as operators see it. */
export interface UpstreamCall {
  operation: string;
  /** ms since the epoch */
  at: number;
  ms: number;
  status?: number;
  code?: string;
  trace?: string;
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
}

/** `details[0]` of every failure of an activity, and of every update that fails because of one. */
export interface FailureDetails {
  action: string;
  status?: number;
  trace?: string;
  operation?: string;
  details?: string;
  /** Whether repeating the same call later may help. */
  retryable?: boolean;
  calls?: UpstreamCall[];
}

/** What an activity brings back: its value and the calls that it took. */
export interface Upstream<T> {
  value: T;
  calls: UpstreamCall[];
}
