import { randomUUID } from 'node:crypto';
import { Refusal } from './call.ts';
import type { Answer } from './call.ts';
import { errorCodes } from './error-codes.ts';
import type { Action } from './error-codes.ts';

/** "Enhanced error codes": the fields stand bare in the body or as `error` of a decision. */
export interface EnhancedError {
  action: Action;
  status: number;
  code: string;
  message: string;
  details?: string;
  helpUrl: string;
  trace: string;
}

const helpUrl =
  'https://experienceleague.adobe.com/docs/pass/authentication/auth-features/error-reportn/enhanced-error-codes.html';

/** What a page has otherwise than the list of codes. */
type Otherwise = Partial<Pick<EnhancedError, 'status' | 'action'>>;

/** The enhanced error of `code`. A code Adobe does not document is a 400 that asks for nothing. */
export function enhancedError(
  code: string,
  details?: string,
  otherwise: Otherwise = {},
): EnhancedError {
  const [status, action, message] = errorCodes.get(code) ?? [
    400,
    'none',
    'The request is invalid.',
  ];
  return {
    action: otherwise.action ?? action,
    status: otherwise.status ?? status,
    code,
    message,
    ...(details === undefined ? {} : { details }),
    helpUrl,
    trace: randomUUID(),
  };
}

/** `enhancedError` as a whole answer. */
export function errorAnswer(code: string, details?: string, otherwise?: Otherwise): Answer {
  const error = enhancedError(code, details, otherwise);
  return { status: error.status, json: error };
}

/** A refusal to throw, with the enhanced error of `code`. */
export function refusal(code: string, details?: string, otherwise?: Otherwise): Refusal {
  return new Refusal(errorAnswer(code, details, otherwise));
}

/** A refusal as the DCR pages describe it: a flat object, no enhanced error. */
export function dcrRefusal(error: string): Refusal {
  return new Refusal({ status: 400, json: { error } });
}

/** 401 for a missing, unknown or expired access token: no code is documented for it. */
export const unauthorized: Answer = { status: 401, json: {} };
