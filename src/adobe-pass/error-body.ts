import type { EnhancedError, Failure } from './errors.ts';
import { AdobePassError } from './errors.ts';
import type { Operation } from './operation.ts';

/** An answer of the server, as far as errors are concerned. */
export interface Answer {
  status: number;
  text: string;
  /** Value of the Retry-After header. */
  retryAfter?: string | undefined;
}

const plainCodes = new Map([
  [400, 'bad_request'],
  [401, 'access_token_rejected'],
  [403, 'forbidden'],
  [404, 'not_found'],
  [405, 'method_not_allowed'],
]);

/**
 * Reads an error object, wherever it stands (`decisions[i].error`, the body, or the body's
 * `error`). Returns undefined for anything that has no code. A missing action counts as `none`;
 * unknown values of code and action are kept.
 *
 * @param fallbackStatus - Used when the object has no status of its own.
 */
export function parseEnhancedError(
  value: unknown,
  fallbackStatus: number,
): EnhancedError | undefined {
  if (!isRecord(value) || typeof value['code'] !== 'string' || value['code'] === '')
    return undefined;
  const { code, action, message } = value;
  const status = Number(value['status']);
  const error: EnhancedError = {
    code,
    action: typeof action === 'string' && action !== '' ? action : 'none',
    status: Number.isInteger(status) && status > 0 ? status : fallbackStatus,
    message: typeof message === 'string' ? message : message ? JSON.stringify(message) : '',
  };
  for (const field of ['details', 'helpUrl', 'trace'] as const) {
    const content = value[field];
    if (typeof content === 'string') error[field] = content;
  }
  return error;
}

/** Reads JSON; undefined when the text is none (HTML of the throttle, an empty body). */
export function parseJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}

/**
 * The error object of a whole body, bare or wrapped in `error`; undefined when the body isn't one.
 * Unlike a decision's error it must name an action: a session also has a `code`.
 */
export function topLevelError(body: unknown, status: number): EnhancedError | undefined {
  if (!isRecord(body)) return undefined;
  const candidate = isRecord(body['error']) ? body['error'] : body;
  return typeof candidate['action'] === 'string'
    ? parseEnhancedError(candidate, status)
    : undefined;
}

/** Turns an answer that isn't 2xx into the client's error. */
export function failureOf(operation: Operation, answer: Answer): AdobePassError {
  const { status } = answer;
  if (status === 429) return throttled(operation, answer.retryAfter);
  const body = parseJson(answer.text);
  const enhanced = topLevelError(body, status);
  if (enhanced) return enhancedFailure(operation, status, enhanced);
  if (status >= 500) {
    return plain({ operation, code: 'server_error', action: 'retry', status, retryable: true });
  }
  if (isRecord(body) && typeof body['error'] === 'string' && isRegistration(operation)) {
    return registrationFailure(operation, status, body['error']);
  }
  if (status < 400) {
    // Redirects are not followed: the API documents none, so this is a proxy or a wrong host.
    return invalidResponse(operation, status, `unexpected HTTP status ${status}`);
  }
  const bare = isRecord(body) ? parseEnhancedError(body['error'] ?? body, status) : undefined;
  if (bare) return enhancedFailure(operation, status, bare);
  // Registration sends no access token, so none can have been rejected.
  const code = isRegistration(operation) && status === 401 ? undefined : plainCodes.get(status);
  return plain({
    operation,
    code: code ?? `http_${status}`,
    action: 'none',
    status,
    retryable: false,
  });
}

/** The error of an answer that isn't what the contract says. `details` must hold no values. */
export function invalidResponse(
  operation: Operation,
  status: number,
  details: string,
): AdobePassError {
  return plain({
    operation,
    code: 'invalid_response',
    action: 'none',
    status,
    details,
    retryable: false,
  });
}

/** The client's error for an error object. */
export function enhancedFailure(
  operation: Operation,
  status: number,
  error: EnhancedError,
): AdobePassError {
  const { code, action, message, details, helpUrl, trace } = error;
  return plain({
    operation,
    code,
    action,
    status,
    errorStatus: error.status,
    retryable: action === 'retry',
    reason: message,
    ...(details !== undefined && { details }),
    ...(helpUrl !== undefined && { helpUrl }),
    ...(trace !== undefined && { trace }),
  });
}

/** The throttle answers HTML without a wait; the block lasts one second (`throttling-mechanism`). */
function throttled(operation: Operation, retryAfter: string | undefined): AdobePassError {
  const seconds = Number(retryAfter);
  return plain({
    operation,
    code: 'throttled',
    action: 'retry',
    status: 429,
    retryable: true,
    retryAfterMs: Number.isFinite(seconds) ? Math.min(Math.max(seconds, 1), 60) * 1000 : 1000,
  });
}

/**
 * DCR errors have no action. `invalid_client` is given the one that V2 uses for the same remedy:
 * register again (`dynamic-client-registration-apis-retrieve-access-token`).
 */
function registrationFailure(operation: Operation, status: number, code: string): AdobePassError {
  const action = code === 'invalid_client' ? 'application-registration' : 'none';
  return plain({ operation, code, action, status, retryable: false });
}

function plain(failure: Failure): AdobePassError {
  return new AdobePassError(failure);
}

function isRegistration(operation: Operation): boolean {
  return operation === 'register' || operation === 'token';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
