import type { Operation } from './operations.ts';

/** One request as the handlers see it: header names in lower case, nothing checked yet. */
export interface Call {
  operation: Operation;
  headers: Readonly<Record<string, string | undefined>>;
  params: Readonly<Record<string, string | undefined>>;
  query: URLSearchParams;
  /** The body as it came. */
  text: string;
  /** Scheme and host as the caller wrote them: links in answers must work for that caller. */
  origin: string;
  /** Address of the streaming device, as the caller gave it. */
  ip: string | undefined;
}

/** What the sandbox answers: JSON, a page, or headers alone. */
export interface Answer {
  status: number;
  headers?: Record<string, string>;
  json?: unknown;
  html?: string;
  /** Sent as JSON though it may not be any. */
  text?: string;
}

/** Thrown by checks: the answer that refuses the request. */
export class Refusal extends Error {
  readonly answer: Answer;
  constructor(answer: Answer) {
    super(`refused with ${String(answer.status)}`);
    this.answer = answer;
  }
}

/** 302 to `location`. */
export function redirect(location: string, headers: Record<string, string> = {}): Answer {
  return { status: 302, headers: { ...headers, location } };
}
