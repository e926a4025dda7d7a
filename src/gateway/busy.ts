/** Too much to do: each part of the gateway says so in its own form (429 or 503). */
export class Busy extends Error {
  override name = 'Busy';
  readonly statusCode: 429 | 503;
  /** Seconds. */
  readonly retryAfter: number;

  constructor(statusCode: 429 | 503, retryAfter: number) {
    super('too many requests');
    this.statusCode = statusCode;
    this.retryAfter = retryAfter;
  }
}
