import { BulkheadRejectedError, BrokenCircuitError } from 'cockatiel';
import { onHost } from '../http/on-host.ts';
import { AdobeClock } from './adobe-clock.ts';
import { createSlots } from '../http/slots.ts';
import { createBackend } from './backend.ts';
import { startDeadline } from './deadline.ts';
import type { Deadline } from './deadline.ts';
import type { StreamingDevice } from './device.ts';
import { failureIn, failureOf, invalidResponse, parseJson } from './error-body.ts';
import type { Answer } from './error-body.ts';
import { AdobePassError } from './errors.ts';
import { isRecord } from './fields.ts';
import { headersFor } from './headers.ts';
import { epochMs } from './moments.ts';
import type { Call, CallRecord, Operation } from './operation.ts';
import type { Settings } from './options.ts';
import type { Reading } from './reading.ts';
import { createThrottle } from './throttle.ts';

/** One request in terms of the API. */
export interface ApiRequest<T> {
  operation: Operation;
  method: 'GET' | 'POST';
  /** Path and query, encoded. */
  path: string;
  device: StreamingDevice;
  accessToken?: string;
  body?: string;
  /** Values that must not appear in an error, should the server echo them. */
  secrets?: string[];
  /** Largest answer that is read, bytes. Default 1 MiB. */
  maxResponseBytes?: number;
  /** The field that only a good answer has something in: where it has, no other field is an error. */
  goodPart: string;
  /** Reads the body of a 2xx answer; throws when it isn't what the contract says. */
  parse: (body: Record<string, unknown>, reading: Reading) => T;
  /** Makes something of a redirect, and of a 2xx that `parse` can't read. Default: `invalid_response`. */
  otherwise?: (answer: Answer, reading: Reading) => T;
}

const MAX_RESPONSE_BYTES = 1024 * 1024;

/** Makes a request; rejects with an AdobePassError, or the caller's abort reason. */
export type Send = <T>(request: ApiRequest<T>, call?: Call) => Promise<T>;

const NEVER = new AbortController().signal;
/** A turn that leaves less for the answer comes too late: the call would be made for nothing. */
const FOR_THE_ANSWER_MS = 1_000;
/** Three quarters of the requests that may be under way: the rest is for those who ask. */
const SCHEDULED_SHARE = 0.75;

/** The way to the server: throttle per device, then bulkhead and breaker per server, then HTTP. */
export function createTransport(settings: Settings): { send: Send; close: () => void } {
  const backend = createBackend(settings);
  const throttle = createThrottle(settings.throttle);
  const clock = new AdobeClock();
  // After a pause of this process hundreds of polls are due at once: none is refused for it.
  const inTurn = createSlots(
    Math.ceil(settings.bulkhead.inFlight * SCHEDULED_SHARE),
    Number.POSITIVE_INFINITY,
  );

  async function exchange<T>(request: ApiRequest<T>, deadline: Deadline): Promise<Answer> {
    const { operation, device, path, method, body } = request;
    const headers = headersFor(operation, {
      device,
      deviceHeadersEverywhere: settings.deviceHeadersEverywhere,
      ...(request.accessToken !== undefined && { accessToken: request.accessToken }),
    });
    const url = new URL(path, settings.baseUrl);
    const { maxResponseBytes = MAX_RESPONSE_BYTES } = request;
    const sent = { url, method, headers, maxResponseBytes, ...(body !== undefined && { body }) };
    return backend.exchange(operation, sent, deadline);
  }

  /** Waits for the turn of the device's address, and then for that of this process. */
  async function ask<T>(request: ApiRequest<T>, call: Call, startedAt: number): Promise<Answer> {
    const { operation, device } = request;
    const { signal, scheduledUntil, timeoutMs = settings.requestTimeoutMs } = call;
    const until = startedAt + timeoutMs;
    const scheduled = scheduledUntil !== undefined;
    const turn = await throttle.admit(device.ip, {
      scheduled,
      until: scheduled
        ? performance.now() + scheduledUntil - Date.now()
        : until - Math.min(FOR_THE_ANSWER_MS, timeoutMs / 4),
      signal,
    });
    if (turn.waitMs > 0) {
      throw local(operation, turn.paused ? 'throttled' : 'rate_limited', turn.waitMs);
    }
    const inTime = async () => {
      const leftMs = scheduled ? timeoutMs : Math.max(0, until - performance.now());
      const deadline = startDeadline(Math.min(settings.requestTimeoutMs, leftMs), signal);
      try {
        call.onSend?.();
        return await exchange(request, deadline);
      } catch (error) {
        throw deadline.expired() ? local(operation, 'timeout') : error;
      } finally {
        deadline.dispose();
      }
    };
    try {
      return await (scheduled ? inTurn(inTime, signal ?? NEVER) : inTime());
    } finally {
      turn.answered();
    }
  }

  async function send<T>(request: ApiRequest<T>, call: Call = {}): Promise<T> {
    const { operation } = request;
    const record: CallRecord = { operation, at: Date.now(), ms: 0 };
    const startedAt = performance.now();
    try {
      const answer = await ask(request, call, startedAt);
      record.status = answer.status;
      const notes: string[] = [];
      const note = (text: string) => notes.push(text);
      const browserUrl = browserUrls(settings, note);
      const value = read(request, answer, { at: Date.now(), clock, note, browserUrl });
      if (notes.length > 0) record.note = noteOf(notes);
      return value;
    } catch (error) {
      if (call.signal?.aborted && !isTimeout(error)) {
        record.code = 'aborted';
        throw call.signal.reason;
      }
      const failure = explain(operation, error);
      if (failure.status === 429) {
        throttle.pause(request.device.ip, failure.retryAfterMs ?? 1000);
      }
      if (failure.status !== undefined) record.status = failure.status;
      record.code = failure.code;
      if (failure.trace !== undefined) record.trace = failure.trace;
      throw failure;
    } finally {
      record.ms = Math.round(performance.now() - startedAt);
      call.onCall?.(record);
    }
  }

  return { send, close: () => backend.close() };
}

function read<T>(
  request: ApiRequest<T>,
  answer: Answer,
  heard: Omit<Reading, 'date' | 'clean'>,
): T {
  const { operation, goodPart, otherwise } = request;
  const { status } = answer;
  let secrets: string[] | undefined;
  const cleanText = (text: string) => redact(text, (secrets ??= sentSecrets(request)));
  const clean = (part: unknown) =>
    part === undefined ? undefined : parseJson(cleanText(JSON.stringify(part)));
  const reading = { ...heard, date: epochMs(answer.date), clean };
  if (otherwise && status >= 300 && status <= 399) return otherwise(answer, reading);
  if (status < 200 || status > 299) {
    throw failureOf(operation, { ...answer, text: cleanText(answer.text) });
  }
  const body = parseJson(answer.text);
  // Some errors are documented without saying whether they come with their own HTTP status.
  const failure = hasGoodPart(body, goodPart) ? undefined : failureIn(operation, status, body);
  if (failure) throw failureIn(operation, status, clean(body));
  try {
    if (!isRecord(body)) throw new TypeError('the body is no object');
    return request.parse(body, reading);
  } catch (error) {
    if (otherwise) return otherwise(answer, reading);
    throw invalidResponse(operation, status, body === undefined ? 'not JSON' : shape(error));
  }
}

function browserUrls(
  { baseUrl, browserOrigins }: Settings,
  note: Reading['note'],
): Reading['browserUrl'] {
  return (given) => {
    const url = onHost(given, baseUrl, browserOrigins);
    if (given !== undefined && !url) note('url leads away from Adobe Pass');
    return url?.href;
  };
}

function hasGoodPart(body: unknown, name: string): boolean {
  const part = isRecord(body) ? body[name] : undefined;
  return typeof part === 'string'
    ? part !== ''
    : typeof part === 'object' && part !== null && Object.keys(part).length > 0;
}

/** Short, for it stands in a table; a list may hold hundreds of odd entries. */
function noteOf(notes: string[]): string {
  const more = notes.length - 3;
  const text = [...notes.slice(0, 3), ...(more > 0 ? [`${more} more`] : [])].join(', ');
  return text.slice(0, 200);
}

/** Names the fields that are wrong, never their values. */
function shape(error: unknown): string {
  const issues: unknown = error instanceof Error && 'issues' in error ? error.issues : [];
  if (!Array.isArray(issues) || issues.length === 0) return 'unexpected shape';
  const paths = issues.map((issue: { path?: unknown[] }) => (issue.path ?? []).join('.') || 'body');
  return `unexpected shape at ${[...new Set(paths)].slice(0, 5).join(', ')}`;
}

const SECRET_HEADERS = [
  'ap-device-identifier',
  'x-device-info',
  'ap-temppass-identity',
  'adobe-subject-token',
  'x-roku-reserved-roku-connect-token',
  'ad-service-token',
  'ap-partner-framework-status',
];

/** What a server might echo in an error, and nobody should read there: the viewer's address too. */
function sentSecrets({ secrets = [], accessToken = '', device }: ApiRequest<unknown>): string[] {
  // The operation whose page lists the most of them.
  const sent = headersFor('authorize', { device, deviceHeadersEverywhere: true });
  const encoded = SECRET_HEADERS.map((name) => sent[name] ?? '');
  const bare = encoded.map((value) => value.replace(/^fingerprint /, ''));
  const { hash = '' } = device.tempPassIdentity ?? {};
  return [...secrets, accessToken, device.identifier, device.ip, hash, ...bare];
}

function redact(text: string, secrets: string[]): string {
  // Anything shorter than an address is no secret, and would tear words apart.
  const long = secrets.filter((secret) => secret.length >= '1.1.1.1'.length);
  return long.reduce((clean, secret) => clean.replaceAll(secret, '[redacted]'), text);
}

function isTimeout(error: unknown): boolean {
  return error instanceof AdobePassError && error.code === 'timeout';
}

function explain(operation: Operation, error: unknown): AdobePassError {
  if (error instanceof AdobePassError) return error;
  if (error instanceof BrokenCircuitError) return local(operation, 'circuit_open');
  if (error instanceof BulkheadRejectedError) return local(operation, 'bulkhead_full');
  throw error;
}

function local(operation: Operation, code: string, retryAfterMs?: number): AdobePassError {
  const failure = { operation, code, action: 'retry', retryable: true };
  return new AdobePassError(
    retryAfterMs === undefined ? failure : { ...failure, retryAfterMs: Math.ceil(retryAfterMs) },
  );
}
