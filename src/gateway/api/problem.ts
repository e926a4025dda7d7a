import { STATUS_CODES } from 'node:http';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { DevicePassError } from '../../client.ts';
import { InvalidFacts } from '../devices.ts';
import { loggable } from '../request-log.ts';
import { NOT_NOW, OAuthError } from '../oauth/errors.ts';
import { retryAfterOf } from '../retry-after.ts';
import { actionSchema } from './open-enums.ts';

interface Details {
  action?: string;
  details?: string;
  trace?: string;
  /** Seconds. */
  retryAfter?: number;
  /** RFC 6750, section 3: what is wrong with the token; empty where none was sent. */
  challenge?: string;
}

/** An answer of the API that is no success. */
export class Problem extends Error {
  override name = 'Problem';
  readonly status: number;
  readonly code: string;
  readonly more: Details;

  constructor(status: number, code: string, message: string, more: Details = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.more = more;
  }
}

/** @param retryAfter seconds to wait, as a quota says */
export function tooMany(message: string, retryAfter: number): Problem {
  return new Problem(429, 'too_many_requests', message, { action: 'retry', retryAfter });
}

/** Problem details (RFC 9457) with Adobe's code, action, message, details and trace. */
export const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    detail: z.string(),
    code: z.string(),
    action: actionSchema,
    message: z.string().meta({ description: 'The same as detail, named as in denials' }),
    details: z.string().optional(),
    trace: z.string().optional().meta({ description: 'For support tickets' }),
  })
  .meta({ id: 'Problem', description: 'Problem details (RFC 9457)' });

export const problems = { '4xx': problemSchema, '5xx': problemSchema };

export function sendProblem(
  error: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const problem = toProblem(error);
  const { status, code, more } = problem;
  const ours = status >= 500;
  if (ours) request.log.error({ err: loggable(error) }, 'the request failed');
  const message = ours ? NOT_NOW : problem.message;
  const details = ours ? undefined : more.details;
  const { action = 'none', trace, retryAfter, challenge } = more;
  if (challenge !== undefined) {
    reply.header('www-authenticate', `Bearer realm="devicepass"${challenge && `, ${challenge}`}`);
  }
  if (retryAfter !== undefined) reply.header('retry-after', retryAfter);
  const body: z.infer<typeof problemSchema> = {
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail: message,
    code,
    action,
    message,
    ...(details === undefined ? {} : { details }),
    ...(trace === undefined ? {} : { trace }),
  };
  return reply.code(status).type('application/problem+json').send(JSON.stringify(body));
}

/** What any error comes to, for JSON and for pages. */
export function toProblem(error: Error & { statusCode?: number; retryAfter?: number }): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof InvalidFacts) return new Problem(400, 'invalid_request', error.message);
  if (error instanceof OAuthError) {
    const { status, code, message, retryAfter } = error;
    return new Problem(status, code, message, retryAfter === undefined ? {} : { retryAfter });
  }
  if (error instanceof DevicePassError) return fromDevicePass(error);
  const { statusCode: status = 500 } = error;
  if (status === 429 || status === 503) {
    const { retryAfter = 1 } = error;
    return new Problem(status, 'too_many_requests', 'wait', { action: 'retry', retryAfter });
  }
  if (status === 413) return new Problem(status, 'invalid_request', 'the body is too large');
  if (status === 415) return new Problem(status, 'invalid_request', 'send application/json');
  if (status < 500) return new Problem(status, 'invalid_request', error.message);
  return new Problem(500, 'server_error', NOT_NOW, { action: 'retry' });
}

function fromDevicePass(error: DevicePassError): Problem {
  const { code, message, action, details, trace, retryable } = error;
  const more = {
    action,
    ...(details === undefined ? {} : { details }),
    ...(trace === undefined ? {} : { trace }),
  };
  if (action === 'authentication') {
    const challenge = 'error="invalid_token", error_description="sign in again"';
    return new Problem(401, code, message, { ...more, challenge });
  }
  if (code === 'catalogue_unavailable' && details === 'invalid_cursor') {
    return new Problem(400, details, 'this is no `next` of a page: begin at the first page');
  }
  if (retryable)
    return new Problem(503, code, message, { ...more, retryAfter: retryAfterOf(error) });
  // A TV can't mend what the operators set up wrongly, nor our registration, whatever status and
  // whatever code Adobe gives it: an `invalid_request` may have been ours.
  const isTheirs = action !== 'configuration' && action !== 'application-registration';
  const ours = isTheirs || code !== 'invalid_request' ? OURS[code] : undefined;
  const refused = isTheirs && isRefusal(error.status) ? error.status : 502;
  return new Problem(ours ?? refused, code, message, more);
}

const OURS: Record<string, number> = {
  invalid_request: 400,
  unknown_code: 404,
  unknown_confirmation: 404,
  unknown_handle: 404,
  unknown_title: 404,
  unknown_tv: 404,
  no_household: 403,
  not_in_household: 409,
  not_signed_in: 409,
  no_trial: 404,
};

/** What Adobe refuses because of the request. Its 401 is about our registration, not the TV's. */
function isRefusal(status: number | undefined): status is 400 | 403 | 404 {
  return status === 400 || status === 403 || status === 404;
}
