import { z } from 'zod';
import { parseEnhancedError } from './error-body.ts';
import { AdobePassError } from './errors.ts';
import type { EnhancedError } from './errors.ts';
import { defined, lenient, moment, text } from './fields.ts';
import { newLife, restOfLife } from './lives.ts';
import type { Call, Operation } from './operation.ts';
import { segment } from './paths.ts';
import type { MvpdInput } from './profiles.ts';
import { readableItems } from './reading.ts';
import type { Reading } from './reading.ts';
import { answersInOrder } from './resources.ts';
import type { Send } from './transport.ts';

/** Proof of an authorization, for the verifier only: used once, never cached, never parsed. */
export interface MediaToken {
  value: string;
  /** Epoch milliseconds by our own clock, as all moments here. */
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

const tokenSchema = z.object({
  serializedToken: z.string().min(1),
  notBefore: moment,
  notAfter: moment,
});

const decisionSchema = z
  .object({
    resource: text,
    source: z.string().catch(''),
    authorized: lenient(z.boolean()),
    token: lenient(tokenSchema),
    notBefore: moment,
    notAfter: moment,
    error: z.unknown().optional(),
  })
  // Never a permit unless it says so, or brings what only a permit has.
  .refine(({ authorized, token }) => authorized !== undefined || token !== undefined);

type Written = z.infer<typeof decisionSchema>;

/** Seven minutes by default (`media-tokens`); it is for one use at once anyway. */
const MEDIA_TOKEN = { usualMs: 7 * 60_000, longestMs: 24 * 3_600_000 };

/**
 * Asks for decisions: one for each resource, in the order asked, as far as the answer has it. A
 * resource that the answer leaves out has none: treat it as denied.
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
  const { accessToken, serviceProvider, device, mvpd } = input;
  checkResources(operation, input.resources);
  const resources =
    operation === 'preauthorize' ? input.resources.filter(isPlain) : input.resources;
  if (resources.length === 0) return [];
  const provider = segment(operation, 'serviceProvider', serviceProvider);
  return send(
    {
      operation,
      method: 'POST',
      path: `/api/v2/${provider}/decisions/${operation}/${segment(operation, 'mvpd', mvpd)}`,
      device,
      accessToken,
      body: JSON.stringify({ resources }),
      goodPart: 'decisions',
      parse: (body, reading) => {
        const answers = readableItems(body['decisions'], 'decisions', decisionSchema, reading);
        return answersInOrder(resources, answers).map(([resource, answer]) =>
          decision(operation, resource, answer, reading),
        );
      },
    },
    call,
  );
}

function checkResources(operation: Operation, resources: string[]): void {
  if (resources.length > 0 && resources.every((resource) => resource.trim() !== '')) return;
  throw new AdobePassError({
    operation,
    code: 'invalid_parameter_resources',
    action: 'none',
    retryable: false,
    reason: 'resources must be a list of at least one id, none of them empty',
  });
}

/** MVPDs can't match ids in CDATA when asked for many at once (`decisions`, "Resource identifier"). */
function isPlain(resource: string): boolean {
  return !/<!\[CDATA\[/i.test(resource);
}

function decision(
  operation: 'preauthorize' | 'authorize',
  resource: string,
  answer: Written,
  reading: Reading,
): Decision {
  const { source, token, notBefore, notAfter } = answer;
  const authorized = answer.authorized ?? token !== undefined;
  const life = notAfter === undefined ? {} : restOfLife({ notBefore, notAfter }, reading);
  return defined({
    resource,
    authorized,
    source,
    mediaToken: authorized ? token && mediaToken(token, reading) : undefined,
    ...life,
    error: authorized ? undefined : denial(operation, reading.clean(answer.error)),
  });
}

/** Denied is denied, with a reason that can be read or without. */
function denial(operation: 'preauthorize' | 'authorize', error: unknown): EnhancedError {
  const code = operation === 'authorize' ? 'authorization_denied' : 'preauthorization_denied';
  const message = 'Your provider does not let you watch this, and gave no reason.';
  return parseEnhancedError(error, 200, code) ?? { code, action: 'none', status: 200, message };
}

/** The token suffices: what its times are, its verifier reads inside. */
function mediaToken(token: z.infer<typeof tokenSchema>, reading: Reading): MediaToken {
  const { serializedToken: value, ...written } = token;
  reading.clock.madeNow(written.notBefore, reading.at);
  const { guessed, ...life } = newLife(written, reading, MEDIA_TOKEN);
  if (guessed) reading.note('the media token has no end that could be told');
  return { value, ...life };
}
