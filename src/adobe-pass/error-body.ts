import type { EnhancedError, Failure } from './errors.ts';
import { AdobePassError } from './errors.ts';
import { defined, isRecord } from './fields.ts';
import type { Operation } from './operation.ts';
import { readRetryAfter } from './retry-after.ts';

/** An answer of the server, as far as errors are concerned. */
export interface Answer {
  status: number;
  text: string;
  /** Values of headers. */
  retryAfter?: string | undefined;
  date?: string | undefined;
  location?: string | undefined;
}

const plainCodes = new Map([
  [400, 'bad_request'],
  [401, 'access_token_rejected'],
  [403, 'forbidden'],
  [404, 'not_found'],
  [405, 'method_not_allowed'],
]);

/**
 * Reads an error, wherever it stands (`decisions[i].error`, the body, or the body's `error`): an
 * object, or its code alone. Returns undefined for anything that says neither what happened nor what
 * to do. A missing action counts as `none`; unknown values of code and action are kept.
 *
 * @param fallbackStatus - Used when the object has no status of its own.
 * @param fallbackCode - Used when it has no code, but an action or a text.
 */
export function parseEnhancedError(
  value: unknown,
  fallbackStatus: number,
  fallbackCode: string,
): EnhancedError | undefined {
  if (typeof value === 'string' && value.trim() !== '') {
    const isCode = /^[\w-]{1,100}$/.test(value);
    const told = isCode ? { code: value, message: '' } : { code: fallbackCode, message: value };
    return { ...told, action: 'none', status: fallbackStatus };
  }
  if (!isRecord(value)) return undefined;
  const [code, action, details, helpUrl, trace] = [
    'code',
    'action',
    'details',
    'helpUrl',
    'trace',
  ].map((name) => textOf(value[name]));
  const message = textOf(value['message']) ?? printed(value['message']);
  if (code === undefined && action === undefined && message === '' && details === undefined) {
    return undefined;
  }
  const status = Number(value['status']);
  return defined({
    code: code ?? fallbackCode,
    action: action ?? 'none',
    status: Number.isInteger(status) && status > 0 ? status : fallbackStatus,
    message,
    details,
    helpUrl,
    trace,
  });
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Adobe's own OpenAPI file calls the message an object. */
function printed(message: unknown): string {
  return message ? JSON.stringify(message) : '';
}

/** Reads JSON; undefined when the text is none (HTML of the throttle, an empty body). */
export function parseJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ''));
    return value;
  } catch {
    return undefined;
  }
}

/** The error that stands in a body that came with success; undefined when none does. */
export function failureIn(
  operation: Operation,
  status: number,
  body: unknown,
): AdobePassError | undefined {
  if (!isRecord(body)) return undefined;
  const { error } = body;
  if (isRegistration(operation) && textOf(error)) {
    return registrationFailure(operation, status, error);
  }
  const isWrapped = isRecord(error) || textOf(error) !== undefined;
  if (!isWrapped && !saysWhatIsWrong(body)) return undefined;
  const enhanced = parseEnhancedError(isWrapped ? error : body, status, 'unknown_error');
  return enhanced && enhancedFailure(operation, status, enhanced);
}

/** A session has a code too, but none of what an error has besides. */
function saysWhatIsWrong(body: Record<string, unknown>): boolean {
  if (textOf(body['action']) !== undefined) return true;
  const besides = ['message', 'details', 'helpUrl', 'trace', 'status'];
  return textOf(body['code']) !== undefined && besides.some((name) => textOf(body[name]));
}

/** The error object of a whole body, bare or wrapped in `error`, where it says what to do. */
function topLevelError(
  body: unknown,
  status: number,
  fallbackCode: string,
): EnhancedError | undefined {
  if (!isRecord(body)) return undefined;
  const candidate = isRecord(body['error']) ? body['error'] : body;
  return textOf(candidate['action']) === undefined
    ? undefined
    : parseEnhancedError(candidate, status, fallbackCode);
}

/** Turns an answer that isn't 2xx into the client's error. */
export function failureOf(operation: Operation, answer: Answer): AdobePassError {
  const { status } = answer;
  if (status === 429) return throttled(operation, answer);
  const body = parseJson(answer.text);
  // Registration sends no access token, so none can have been rejected.
  const ours = isRegistration(operation) && status === 401 ? undefined : plainCodes.get(status);
  const code = ours ?? (status >= 500 ? 'server_error' : `http_${status}`);
  const enhanced = topLevelError(body, status, code);
  const wait = defined({ retryAfterMs: readRetryAfter(answer) });
  if (enhanced) return enhancedFailure(operation, status, enhanced, wait);
  const told = isRecord(body) ? parseEnhancedError(body['error'] ?? body, status, code) : undefined;
  if (status >= 500) {
    const failure = { operation, code, action: 'retry', status, retryable: true };
    return plain({ ...failure, ...wait, ...(told && wordsOf(told)) });
  }
  if (status < 400) {
    // Redirects are not followed: the API documents none, so this is a proxy or a wrong host.
    return invalidResponse(operation, status, `unexpected HTTP status ${status}`);
  }
  if (told && isRegistration(operation)) {
    return registrationFailure(operation, status, told.code);
  }
  if (told) return enhancedFailure(operation, status, told);
  return plain({ operation, code, action: 'none', status, retryable: false });
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
function enhancedFailure(
  operation: Operation,
  status: number,
  error: EnhancedError,
  wait: Pick<Failure, 'retryAfterMs'> = {},
): AdobePassError {
  const { code, action } = error;
  const retryable = action === 'retry';
  const failure = { operation, code, action, status, retryable, ...wordsOf(error) };
  return plain(retryable ? { ...failure, ...wait } : failure);
}

/** What an error says besides what it is. */
function wordsOf({ status, message, details, helpUrl, trace }: EnhancedError): Partial<Failure> {
  return defined({ errorStatus: status, reason: message, details, helpUrl, trace });
}

/** The throttle answers HTML without a wait; the block lasts one second (`throttling-mechanism`). */
function throttled(operation: Operation, answer: Answer): AdobePassError {
  return plain({
    operation,
    code: 'throttled',
    action: 'retry',
    status: 429,
    retryable: true,
    retryAfterMs: readRetryAfter(answer) ?? 1000,
  });
}

/**
 * DCR errors have no action. `invalid_client` is given the one that V2 uses for the same remedy:
 * register again (`dynamic-client-registration-apis-retrieve-access-token`).
 */
function registrationFailure(operation: Operation, status: number, error: unknown): AdobePassError {
  const code = String(error);
  const action = code === 'invalid_client' ? 'application-registration' : 'none';
  return plain({ operation, code, action, status, retryable: false });
}

function plain(failure: Failure): AdobePassError {
  return new AdobePassError(failure);
}

function isRegistration(operation: Operation): boolean {
  return operation === 'register' || operation === 'token';
}
