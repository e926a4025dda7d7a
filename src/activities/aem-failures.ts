import { AemError } from '../aem/index.ts';
import { ImsError } from '../ims/index.ts';
import { applicationFailure } from './failures.ts';

/**
 * What AEM or IMS refused, as a small failure: `type` is the code. The error is never its cause, and
 * neither of the two holds a token.
 */
export function aemFailure(error: unknown): unknown {
  if (!(error instanceof AemError || error instanceof ImsError)) return error;
  const { code, message, retryable, status, retryAfterMs } = error;
  const action = retryable ? 'retry' : 'configuration';
  return applicationFailure(
    code,
    message,
    { action, status, retryable },
    {
      nonRetryable: !retryable,
      ...(retryAfterMs === undefined ? {} : { nextRetryDelay: Math.max(1, retryAfterMs) }),
    },
  );
}
