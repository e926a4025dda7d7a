/** The endpoints of the sandbox. */
export type ImsOperation = 'exchange' | 'token' | 'validate';

/**
 * Something going wrong on purpose at the next `times` matching calls, default 1.
 *
 * - `latency` waits `ms`; `hang` never answers; `reset` breaks the connection before anything is
 *   done, `lost-answer` after the token was made;
 * - `status` answers `status` with `headers` and `body` (default: an HTML page, as of a gateway);
 * - `echo` answers 400 and repeats the whole form in its description.
 */
export interface ImsFault {
  operation?: ImsOperation | '*';
  kind: 'latency' | 'hang' | 'reset' | 'lost-answer' | 'status' | 'echo';
  times?: number;
  ms?: number;
  status?: number;
  headers?: Record<string, string>;
  body?: string;
}

/** The faults in force, in the order they were set. */
export class ImsFaults {
  #set: { fault: ImsFault; left: number }[] = [];

  set(fault: ImsFault): void {
    this.#set.push({ fault, left: fault.times ?? 1 });
  }

  clear(): void {
    this.#set = [];
  }

  /** Uses up what applies to this call: any latency, and the first other fault. */
  take(operation: ImsOperation): { delayMs: number; fault: ImsFault | undefined } {
    let delayMs = 0;
    let other: ImsFault | undefined;
    for (const entry of this.#set) {
      const { operation: wanted = '*', kind, ms = 1000 } = entry.fault;
      if (wanted !== '*' && wanted !== operation) continue;
      if (kind !== 'latency' && other) continue;
      entry.left -= 1;
      if (kind === 'latency') delayMs += ms;
      else other = entry.fault;
    }
    this.#set = this.#set.filter(({ left }) => left > 0);
    return { delayMs, fault: other };
  }
}
