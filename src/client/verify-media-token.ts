import type { MediaTokenQuestion, MediaTokenVerdict } from '../media-tokens/index.ts';
import { type ClientContext, mustBeOpen } from './context.ts';
import { checkText } from './device-options.ts';
import { DevicePassError, invalidRequest } from './errors.ts';

/** More than any resource that `authorize` takes. */
const MAX_RESOURCE_LENGTH = 4_096;

/**
 * Has a media token verified for one resource. The token is never part of an error.
 *
 * @throws DevicePassError `no_media_token_verifier` where `connect` got none, `invalid_request`
 */
export async function verifyMediaToken(
  context: Pick<ClientContext, 'verification' | 'deliveries'>,
  question: MediaTokenQuestion,
): Promise<MediaTokenVerdict> {
  mustBeOpen(context);
  const { token, resource, serviceProvider } = question ?? {};
  if (typeof token !== 'string') throw invalidRequest('token is no text: give that of the play');
  // Without a resource Adobe's library would take a token for any.
  const advice = 'give the resource that is about to be played';
  checkText('resource', resource, MAX_RESOURCE_LENGTH, advice);
  if (serviceProvider !== undefined) {
    checkText('serviceProvider', serviceProvider, 1_000, 'give the id of the channel');
  }
  return verificationOf(context).verify({
    token,
    resource,
    ...(serviceProvider === undefined ? {} : { serviceProvider }),
  });
}

/** How a play is verified at once. */
export interface VerifyOptions {
  /**
   * Has the media token verified before the play is given out, for backends that release the stream
   * themselves.
   */
  verify?: boolean;
  /** The channel that the token has to be for. */
  serviceProvider?: string;
}

/**
 * Lets a token pass that may be released.
 *
 * @throws DevicePassError `media_token_invalid` or `media_token_unverified`, besides the above
 */
export async function mustBeVerified(
  context: Pick<ClientContext, 'verification' | 'deliveries'>,
  question: MediaTokenQuestion,
): Promise<void> {
  const verdict = await verifyMediaToken(context, question);
  if (verdict.release) return;
  if (verdict.status === 'unverified') {
    const { problem, message } = verdict;
    throw new DevicePassError('media_token_unverified', message, {
      action: isLasting(problem) ? 'configuration' : 'retry',
      retryable: !isLasting(problem),
      details: problem,
    });
  }
  const details = verdict.status === 'invalid' ? { details: verdict.reason } : {};
  const message = 'the media token is not valid for this play: do not release the stream';
  throw new DevicePassError('media_token_invalid', message, details);
}

function isLasting(problem: string): boolean {
  return problem === 'untrusted' || problem === 'refused';
}

/** @throws DevicePassError `no_media_token_verifier` */
export function verificationOf({ verification }: Pick<ClientContext, 'verification'>) {
  if (verification) return verification;
  const message = 'nobody verifies media tokens: give `mediaTokens` to connect()';
  throw new DevicePassError('no_media_token_verifier', message, { action: 'configuration' });
}
