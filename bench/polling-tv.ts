import { connect, type Socket } from 'node:net';

/** How often a TV asks, and what it was told. */
export interface Polls {
  answered: number;
  /** Answers other than `authorization_pending`, by status and error. */
  others: Map<string, number>;
  /** From question to answer. */
  ms: number[];
}

/** A TV with a connection of its own that it keeps, as real ones have: bytes only, to cost little. */
export class PollingTv {
  readonly #socket: Socket;
  readonly #request: string;
  readonly #polls: Polls;
  #timer: NodeJS.Timeout | undefined;
  #askedAt = 0;
  #answer = '';

  constructor(url: URL, form: URLSearchParams, ip: string, polls: Polls) {
    const body = form.toString();
    this.#request =
      `POST /oauth/token HTTP/1.1\r\nHost: ${url.host}\r\nX-Forwarded-For: ${ip}\r\n` +
      `Content-Type: application/x-www-form-urlencoded\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    this.#polls = polls;
    this.#socket = connect(Number(url.port), url.hostname).setNoDelay(true);
    this.#socket.setEncoding('latin1');
    this.#socket.on('data', (chunk: string) => this.#hear(chunk));
    this.#socket.on('error', (error: Error & { code?: string }) =>
      this.#other(error.code ?? 'error'),
    );
  }

  /** Asks at once, and then at every interval. */
  begin(intervalMs: number): void {
    this.#poll();
    this.#timer = setInterval(() => this.#poll(), intervalMs);
  }

  end(): void {
    clearInterval(this.#timer);
    this.#socket.destroy();
  }

  #poll(): void {
    if (this.#askedAt !== 0) return this.#other('no answer within the interval');
    this.#askedAt = performance.now();
    this.#socket.write(this.#request);
  }

  #hear(chunk: string): void {
    this.#answer += chunk;
    if (!this.#answer.endsWith('}')) return;
    this.#polls.answered += 1;
    this.#polls.ms.push(performance.now() - this.#askedAt);
    this.#askedAt = 0;
    if (!this.#answer.includes('"authorization_pending"')) {
      const status = this.#answer.slice(9, 12);
      const error = /"error":"(\w+)"/.exec(this.#answer)?.[1] ?? '';
      this.#other(`${status} ${error}`);
    }
    this.#answer = '';
  }

  #other(what: string): void {
    this.#polls.others.set(what, (this.#polls.others.get(what) ?? 0) + 1);
  }
}
