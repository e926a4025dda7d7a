import { BulkheadRejectedError, BrokenCircuitError } from 'cockatiel';
import { createBackend } from './backend.ts';
import { startDeadline } from './deadline.ts';
import type { Deadline } from './deadline.ts';
import type { StreamingDevice } from './device.ts';
import {
  enhancedFailure,
  failureOf,
  invalidResponse,
  parseJson,
  topLevelError,
} from './error-body.ts';
import type { Answer } from './error-body.ts';
import { AdobePassError } from './errors.ts';
import { headersFor } from './headers.ts';
import type { Call, CallRecord, Operation } from './operation.ts';
import type { Settings } from './options.ts';
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
  /**
   * Reads the body of a 2xx answer; throws when it isn't what the contract says. `clean` takes what
   * was sent out of a part that will be shown to people.
   */
  parse: (body: unknown, clean: (part: unknown) => unknown) => T;
}

/** Makes a request; rejects with an AdobePassError, or the caller's abort reason. */
export type Send = <T>(request: ApiRequest<T>, call?: Call) => Promise<T>;

/** The way to the server: throttle per device, then bulkhead and breaker per server, then HTTP. */
export function createTransport(settings: Settings): { send: Send; close: () => void } {
  const backend = createBackend(settings);
  const throttle = createThrottle(settings.throttle);

  async function ask<T>(request: ApiRequest<T>, deadline: Deadline): Promise<Answer> {
    const { operation, device, path, method, body } = request;
    const headers = headersFor(operation, {
      device,
      deviceHeadersEverywhere: settings.deviceHeadersEverywhere,
      ...(request.accessToken !== undefined && { accessToken: request.accessToken }),
    });
    const waitMs = await throttle.admit(device.ip, deadline);
    if (waitMs > 0) throw local(operation, 'rate_limited', waitMs);
    const url = new URL(path, settings.baseUrl);
    const sent = { url, method, headers, ...(body !== undefined && { body }) };
    return backend.exchange(operation, sent, deadline);
  }

  async function send<T>(request: ApiRequest<T>, call: Call = {}): Promise<T> {
    const { operation } = request;
    const timeoutMs = Math.min(settings.requestTimeoutMs, call.timeoutMs ?? Infinity);
    const record: CallRecord = { operation, at: Date.now(), ms: 0 };
    const startedAt = performance.now();
    const deadline = startDeadline(timeoutMs, call.signal);
    try {
      if (call.signal?.aborted) throw call.signal.reason;
      const answer = await ask(request, deadline);
      record.status = answer.status;
      return read(request, answer);
    } catch (error) {
      if (call.signal?.aborted && !deadline.expired()) {
        record.code = 'aborted';
        throw call.signal.reason;
      }
      const failure = deadline.expired() ? local(operation, 'timeout') : explain(operation, error);
      if (failure.code === 'throttled')
        throttle.pause(request.device.ip, failure.retryAfterMs ?? 1000);
      if (failure.status !== undefined) record.status = failure.status;
      record.code = failure.code;
      if (failure.trace !== undefined) record.trace = failure.trace;
      throw failure;
    } finally {
      deadline.dispose();
      record.ms = Math.round(performance.now() - startedAt);
      call.onCall?.(record);
    }
  }

  return { send, close: () => backend.close() };
}

function read<T>(request: ApiRequest<T>, answer: Answer): T {
  const { operation } = request;
  const { status } = answer;
  const secrets = sentSecrets(request);
  if (status < 200 || status > 299) {
    throw failureOf(operation, { ...answer, text: redact(answer.text, secrets) });
  }
  const body = parseJson(answer.text);
  const clean = (part: unknown) =>
    part === undefined ? undefined : parseJson(redact(JSON.stringify(part), secrets));
  // Some errors are documented without saying whether they come with their own HTTP status.
  const enhanced = topLevelError(body, status) && topLevelError(clean(body), status);
  if (enhanced) throw enhancedFailure(operation, status, enhanced);
  try {
    return request.parse(body, clean);
  } catch (error) {
    throw invalidResponse(operation, status, body === undefined ? 'not JSON' : shape(error));
  }
}

/** Names the fields that are wrong, never their values. */
function shape(error: unknown): string {
  const issues: unknown = error instanceof Error && 'issues' in error ? error.issues : [];
  if (!Array.isArray(issues) || issues.length === 0) return 'unexpected shape';
  const paths = issues.map((issue: { path?: unknown[] }) => (issue.path ?? []).join('.') || 'body');
  return `unexpected shape at ${[...new Set(paths)].slice(0, 5).join(', ')}`;
}

/** What a server might echo in an error, and nobody should read there: the viewer's address too. */
function sentSecrets({ secrets = [], accessToken = '', device }: ApiRequest<unknown>): string[] {
  const sent = headersFor('createSession', { device, deviceHeadersEverywhere: true });
  const encoded = ['ap-device-identifier', 'x-device-info'].map((name) => sent[name] ?? '');
  const bare = encoded.map((value) => value.replace(/^fingerprint /, ''));
  return [...secrets, accessToken, device.identifier, device.ip, ...bare];
}

function redact(text: string, secrets: string[]): string {
  // Anything shorter than an address is no secret, and would tear words apart.
  const long = secrets.filter((secret) => secret.length >= '1.1.1.1'.length);
  return long.reduce((clean, secret) => clean.replaceAll(secret, '[redacted]'), text);
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
