import { z } from 'zod';
import { parseEnhancedError } from './error-body.ts';
import { AdobePassError } from './errors.ts';
import type { EnhancedError } from './errors.ts';
import { defined, lenient, time } from './fields.ts';
import type { Call } from './operation.ts';
import { segment } from './paths.ts';
import type { MvpdInput } from './profiles.ts';
import type { Send } from './transport.ts';

/** Proof of an authorization, for the verifier only: used once, never cached, never parsed. */
export interface MediaToken {
  value: string;
  /** Epoch milliseconds. */
  notBefore: number;
  /** Epoch milliseconds. */
  notAfter: number;
}

/** The answer for one resource. A denial is an answer, not a thrown error. */
export interface Decision {
  /** As it was asked for. */
  resource: string;
  authorized: boolean;
  /** `mvpd`, `degradation`, `temppass`, `dummy` or newer. */
  source: string;
  /** Only authorizations have one. */
  mediaToken?: MediaToken;
  /** Validity of the decision, epoch milliseconds. */
  notBefore?: number;
  /** Validity of the decision, epoch milliseconds. */
  notAfter?: number;
  /** Why not. */
  error?: EnhancedError;
}

/** Which resources to decide on, for the viewer of one MVPD. */
export interface DecisionsInput extends MvpdInput {
  /** Plain ids or MRSS. Usually at most 5 to preauthorize, 1 to authorize. */
  resources: string[];
}

const decisionSchema = z.object({
  resource: z.string(),
  source: z.string().catch(''),
  authorized: z.boolean(),
  token: lenient(z.object({ serializedToken: z.string(), notBefore: time, notAfter: time })),
  notBefore: lenient(time),
  notAfter: lenient(time),
  error: z.unknown().optional(),
});

const decisionsSchema = z.object({ decisions: z.array(decisionSchema) });

/**
 * Asks for decisions. A resource that the answer leaves out has no decision: treat it as denied.
 * The path is `/decisions/`, although two cookbooks print `/decision/`
 * (`rest-api-v2-decisions-apis-retrieve-authorization-decisions-using-specific-mvpd`).
 *
 * @throws AdobePassError `invalid_parameter_resources`, before any request, for an empty list.
 */
export async function decide(
  send: Send,
  operation: 'preauthorize' | 'authorize',
  input: DecisionsInput,
  call?: Call,
): Promise<Decision[]> {
  const { accessToken, serviceProvider, device, mvpd, resources } = input;
  if (resources.length === 0 || resources.some((resource) => resource.trim() === '')) {
    throw new AdobePassError({
      operation,
      code: 'invalid_parameter_resources',
      action: 'none',
      retryable: false,
      reason: 'resources must be a list of at least one id, none of them empty',
    });
  }
  const provider = segment(operation, 'serviceProvider', serviceProvider);
  return send(
    {
      operation,
      method: 'POST',
      path: `/api/v2/${provider}/decisions/${operation}/${segment(operation, 'mvpd', mvpd)}`,
      device,
      accessToken,
      body: JSON.stringify({ resources }),
      parse: (body, clean) =>
        decisionsSchema
          .parse(body)
          .decisions.map((one) => decision({ ...one, error: clean(one.error) }, resources)),
    },
    call,
  );
}

function decision(answer: z.infer<typeof decisionSchema>, asked: string[]): Decision {
  const { source, authorized, token, notBefore, notAfter } = answer;
  // Answers may carry blanks around an id.
  const id = answer.resource.trim();
  return defined({
    resource: asked.find((resource) => resource.trim() === id) ?? id,
    authorized,
    source,
    mediaToken: token && {
      value: token.serializedToken,
      notBefore: token.notBefore,
      notAfter: token.notAfter,
    },
    notBefore,
    notAfter,
    error: parseEnhancedError(answer.error, 200),
  });
}
