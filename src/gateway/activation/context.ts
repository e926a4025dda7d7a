import type {
  FastifyReply,
  FastifyRequest,
  onRequestAsyncHookHandler,
  preValidationHookHandler,
} from 'fastify';
import type { Caller } from '../browsers.ts';
import type { Codes } from '../codes.ts';
import type { Gateway } from '../context.ts';
import type { ConfirmedCode } from './confirmed-code.ts';
import type { Look } from './layout.ts';

/** What the pages share. */
export interface Pages {
  gateway: Gateway;
  codes: Codes;
  confirmed: ConfirmedCode;
  callerOf: (request: FastifyRequest, reply: FastifyReply) => Caller;
  lookFor: (request: FastifyRequest) => Look;
  /** For routes that take a form: it came from a page of ours, in this browser. */
  fromOurForm: { onRequest: onRequestAsyncHookHandler; preValidation: preValidationHookHandler };
}

export const HTML = 'text/html; charset=utf-8';
