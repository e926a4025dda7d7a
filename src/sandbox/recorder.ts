import type { Operation } from './operations.ts';

/** One request the sandbox received at DCR or REST API V2, also when it was throttled. */
export interface RecordedRequest {
  /** Arrival, epoch milliseconds. */
  at: number;
  /** `unknown` for a path or method that is not documented. */
  operation: Operation | 'unknown';
  method: string;
  /** Path with query. */
  path: string;
  headers: Readonly<Record<string, string | undefined>>;
  /** Parsed when it is JSON or a form, else the text; undefined when there was none. */
  body: unknown;
  /** The `X-Forwarded-For` it came with. */
  ip: string | undefined;
  /** Status answered; 0 while unanswered and after a broken connection. */
  status: number;
}
