import type { Tier } from './tier.ts';

/** The calls of this client, by intention. */
export type AemOperation =
  'persistedQuery' | 'adHocQuery' | 'currentUser' | 'listQueries' | 'persistQuery';

/** Which call, and at which tier: what every error and record tells first. */
export interface About {
  operation: AemOperation;
  tier: Tier;
  /** Base URL of the tier; absent where nothing was asked. */
  host?: string | undefined;
  /** Name of the persisted query, for hints. */
  query?: string;
}

/** One call, for logs and metrics. Holds nothing secret. */
export interface AemCallRecord {
  operation: AemOperation;
  tier: Tier;
  /** When the call began, epoch milliseconds. */
  at: number;
  /** How long it took, waiting included, milliseconds. */
  ms: number;
  /** HTTP status, 304 when AEM confirmed what we had; absent without an answer. */
  status?: number;
  /** True when memory answered and AEM wasn't asked. */
  cached?: true;
  /** Code of a failed call. */
  code?: string;
}

/** How one call is to be made. */
export interface AemCall {
  /** Aborting rejects the call with the signal's reason. */
  signal?: AbortSignal;
  /** Limit of the whole call, milliseconds; can only shorten `requestTimeoutMs`. */
  timeoutMs?: number;
  /** Called once per call, whether it succeeded or not. */
  onCall?: (record: AemCallRecord) => void;
}
