import type { HttpAnswer } from '../http/index.ts';
import { z } from 'zod';
import type { ImsCredentials } from './credentials.ts';
import { ImsError } from './errors.ts';
import { hintFor } from './hints.ts';
import { parseJson } from './json.ts';
import { redact } from './secret.ts';

/** What IMS gave. */
export interface Granted {
  accessToken: string;
  /** In the unit of the endpoint. */
  expiresIn: number;
}

/** What is needed to read an answer, and to explain it. */
export interface Reading {
  credentials: ImsCredentials;
  host: string;
  /** Epoch milliseconds at which it came. */
  now: number;
  /** Sent with the request: cut out of whatever IMS says. */
  secrets: readonly string[];
}

const granted = z.object({
  access_token: z.string().min(1),
  // Some hops turn numbers into texts.
  expires_in: z
    .union([z.number(), z.string().regex(/^\d+$/).transform(Number)])
    .pipe(z.number().positive()),
});
const refused = z.object({ error: z.string().min(1), error_description: z.string().optional() });

/**
 * Reads the answer of a token endpoint. A 200 without a token is an error too; early IMS clients
 * took it for a success (reference, 3.1).
 *
 * @throws ImsError; `retryable` only for 429, 5xx and what isn't IMS's JSON
 */
export function readGrant(answer: HttpAnswer, reading: Reading): Granted {
  const body = parseJson(answer.text);
  const success = answer.status === 200 ? granted.safeParse(body) : undefined;
  if (success?.success) {
    return { accessToken: success.data.access_token, expiresIn: success.data.expires_in };
  }
  throw refusal(answer, refused.safeParse(body).data, body !== undefined, reading);
}

function refusal(
  { status, headers }: HttpAnswer,
  said: z.infer<typeof refused> | undefined,
  json: boolean,
  { credentials, host, now, secrets }: Reading,
): ImsError {
  const code = codeOf(status, said?.error);
  const clean = (text: string) => redact(text, secrets);
  const skewed = code === 'invalid_token' ? clockSkew(headers.date, now) : undefined;
  const shown = clean(code).slice(0, 60);
  return new ImsError({
    code: shown,
    hop: json ? `ims ${host}` : `gateway before ${host}`,
    status,
    description: said?.error_description && clean(said.error_description),
    hint: hintFor(code, status, credentials, { clockSkewMs: skewed, now }),
    retryable: status === 429 || status >= 500 || (status === 200 && said === undefined),
    retryAfterMs: retryAfter(headers['retry-after'], now),
    trace: single(headers['x-debug-id']),
    clockSkewMs: skewed,
  });
}

function codeOf(status: number, error: string | undefined): string {
  if (status === 429) return 'throttled';
  if (status >= 500) return 'server_error';
  if (status >= 300 && status < 400) return 'unexpected_redirect';
  if (error !== undefined) return error;
  return status === 200 ? 'invalid_response' : `http_${status}`;
}

/** Less than half a minute is within what IMS is said to tolerate. */
function clockSkew(date: string | undefined, now: number): number | undefined {
  const skewMs = now - Date.parse(date ?? '');
  return Math.abs(skewMs) > 30_000 ? skewMs : undefined;
}

/** Seconds or a date (RFC 9110, 10.2.3). */
function retryAfter(value: string | undefined, now: number): number | undefined {
  if (value === undefined) return undefined;
  const ms = /^\d+$/.test(value.trim()) ? Number(value) * 1000 : Date.parse(value) - now;
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}

function single(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
