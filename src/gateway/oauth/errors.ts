import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { DevicePassError } from '../../client.ts';
import { InvalidFacts } from '../devices.ts';
import { loggable } from '../request-log.ts';
import { retryAfterOf } from '../retry-after.ts';
import { REGISTER } from './bodies.ts';

/** What went wrong at or behind the gateway is for its operators, who find it in the log. */
export const NOT_NOW = 'not available now: ask again';

/** The codes of RFC 6749 (5.2), RFC 8628 (3.5), RFC 7009 (2.2.1), RFC 7591 (3.2.2), and two for trouble of ours. */
export type OAuthErrorCode =
  | 'invalid_request'
  | 'invalid_client'
  | 'invalid_grant'
  | 'invalid_scope'
  | 'unauthorized_client'
  | 'unsupported_grant_type'
  | 'authorization_pending'
  | 'slow_down'
  | 'access_denied'
  | 'expired_token'
  | 'unsupported_token_type'
  | 'invalid_software_statement'
  | 'unapproved_software_statement'
  | 'invalid_client_metadata'
  | 'temporarily_unavailable'
  | 'server_error';

interface Details {
  status?: number;
  /** Seconds. */
  retryAfter?: number;
  /** The client used Basic, so the answer is a challenge (RFC 6749, section 5.2). */
  challenge?: boolean;
}

/** An answer of the OAuth endpoints that is no success. */
export class OAuthError extends Error {
  override name = 'OAuthError';
  readonly code: OAuthErrorCode;
  readonly status: number;
  readonly retryAfter: number | undefined;
  readonly challenge: boolean;

  constructor(code: OAuthErrorCode, message: string, details: Details = {}) {
    super(message);
    this.code = code;
    this.challenge = details.challenge ?? false;
    this.status = details.status ?? (this.challenge ? 401 : 400);
    this.retryAfter = details.retryAfter;
  }
}

/** What every error looks like. */
export const oauthErrorSchema = z
  .object({ error: z.string(), error_description: z.string() })
  .meta({ id: 'OAuthError', description: 'An error of RFC 6749, 7009, 7591 or 8628' });

/** The answer where there is nothing to tell. */
export const nothingSchema = z
  .object({})
  .meta({ id: 'Nothing', description: 'Done; there is nothing to tell.' });

/** JSON for every error: HTML, or a 503 where a client expects a poll's answer, ends real clients. */
export function sendOAuthError(
  error: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const known = toOAuthError(error, request.routeOptions.url);
  if (known.status >= 500) request.log.error({ err: loggable(error) }, 'the request failed');
  if (known.challenge) reply.header('www-authenticate', 'Basic realm="devicepass"');
  if (known.retryAfter !== undefined) reply.header('retry-after', known.retryAfter);
  return reply
    .code(known.status)
    .type('application/json')
    .send({ error: known.code, error_description: described(known.message) });
}

function toOAuthError(
  error: Error & { statusCode?: number; retryAfter?: number },
  route: string | undefined,
): OAuthError {
  if (error instanceof OAuthError) return error;
  if (error instanceof InvalidFacts) return new OAuthError('invalid_request', error.message);
  if (error instanceof DevicePassError) return fromDevicePass(error);
  const { statusCode: status = 500 } = error;
  if (status === 429) {
    const { retryAfter = 1 } = error;
    return new OAuthError('slow_down', 'too many requests: wait', { status, retryAfter });
  }
  if (status === 503) {
    const { retryAfter = 1 } = error;
    return new OAuthError('temporarily_unavailable', NOT_NOW, { status, retryAfter });
  }
  // Registration has errors of its own (RFC 7591, section 3.2.2), and no invalid_request.
  const code = route === REGISTER ? 'invalid_client_metadata' : 'invalid_request';
  if (status === 413) return new OAuthError(code, 'the body is too large', { status });
  if (status === 405) return new OAuthError(code, error.message, { status });
  if (status === 415) return new OAuthError(code, `send ${typeOf(route)}`);
  if (status < 500) return new OAuthError(code, error.message);
  return new OAuthError('server_error', NOT_NOW, { status: 500 });
}

function typeOf(route: string | undefined): string {
  return route === REGISTER ? 'application/json' : 'application/x-www-form-urlencoded';
}

function fromDevicePass(error: DevicePassError): OAuthError {
  const { code, action, message, trace, retryable } = error;
  // Adobe has a code of that name for registrations of ours.
  if (code === 'invalid_request' && action !== 'configuration')
    return new OAuthError('invalid_request', message);
  const shown = `${NOT_NOW} (${trace === undefined ? code : `${code}, trace ${trace}`})`;
  return retryable
    ? new OAuthError('temporarily_unavailable', shown, {
        status: 503,
        retryAfter: retryAfterOf(error),
      })
    : new OAuthError('server_error', shown, { status: 502 });
}

/** Only the letters that RFC 6749 (5.2) allows in a description. */
function described(message: string): string {
  return message.replace(/"/g, "'").replace(/[^\x20-\x21\x23-\x5b\x5d-\x7e]/g, '?');
}
