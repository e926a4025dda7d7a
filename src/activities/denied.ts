import { AdobePassError, type Decision } from '../adobe-pass/index.ts';

/** What is no denial but asks for something to be done first. */
const ASKS_FOR_MORE: readonly string[] = [
  'configuration',
  'application-registration',
  'authentication',
  'retry',
];

/**
 * Adobe lists denials among the errors of both calls without saying where they stand: one at the top of an
 * answer is for all that was asked, and an answer like any other (EEC-02). The page of a proxy is none.
 *
 * @throws whatever is no denial
 */
export function ifDenied(resources: readonly string[]): (error: unknown) => Decision[] {
  return (error) => {
    if (!(error instanceof AdobePassError) || error.status !== 403) throw error;
    const { code, action, errorStatus: status, reason: message = '', details, trace } = error;
    if (status === undefined || ASKS_FOR_MORE.includes(action)) throw error;
    const more = { ...(details ? { details } : {}), ...(trace ? { trace } : {}) };
    const denial = { code, action, status, message, ...more };
    return resources.map((resource) => ({
      resource,
      authorized: false,
      source: '',
      error: denial,
    }));
  };
}
