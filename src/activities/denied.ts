import { AdobePassError, type Decision, type EnhancedError } from '../adobe-pass/index.ts';

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

/**
 * That the registration is of no use any more is true of all that is asked with it, though it be said of one
 * item.
 *
 * @throws AdobePassError as if it stood at the top of the answer
 */
export function ifRegistered(
  operation: 'preauthorize' | 'authorize',
): (decisions: Decision[]) => Decision[] {
  return (decisions) => {
    for (const { error } of decisions) {
      if (error?.action === 'application-registration') throw atTheTop(operation, error);
    }
    return decisions;
  };
}

function atTheTop(operation: 'preauthorize' | 'authorize', error: EnhancedError): AdobePassError {
  const { status: errorStatus, message: reason, ...said } = error;
  return new AdobePassError({ operation, ...said, errorStatus, reason, retryable: false });
}
