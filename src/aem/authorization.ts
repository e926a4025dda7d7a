import { untilAborted } from '../http/until-aborted.ts';
import type { Answer } from './answer.ts';
import { authorizationOf } from './credentials.ts';
import { createIdentityCheck } from './identity.ts';
import type { AemSettings } from './options.ts';
import type { Progress } from './perform.ts';
import type { Tier } from './tier.ts';
import type { Exchange, Sent } from './transport.ts';

/** Makes requests with the token that their tier wants, renewed once where AEM refuses it. */
export interface Authorization {
  send: (sent: Sent, signal: AbortSignal, progress: Progress) => Promise<Answer>;
  /** Whether requests to a tier carry a token. */
  withToken: (tier: Tier) => boolean;
}

/**
 * Puts the token on requests. A 401 costs one renewal and one more try; so does a token that AEM
 * ignores: on a path that anybody may read, a bad token gives 200 with less content, no 401.
 */
export function createAuthorization(settings: AemSettings, exchange: Exchange): Authorization {
  const { credentials, tokenTiers, requestTimeoutMs } = settings;
  const identity = createIdentityCheck(settings, exchange);

  async function attempt(sent: Sent, token: string, signal: AbortSignal) {
    const ignored = await identity.ignored(sent.about, token, signal);
    if (ignored) return { refusal: ignored };
    const answer = await exchange({ ...sent, authorization: authorizationOf(token) }, signal);
    return { answer };
  }

  /** Waits for a token no longer than the call may last: whoever comes later asks anew. */
  async function had(token: Promise<string | undefined>, signal: AbortSignal, progress: Progress) {
    const startedAt = performance.now();
    progress.waitsFor = 'token';
    const text = await untilAborted(token, signal);
    // Whoever took most of the time is to be named, should the rest not do for AEM.
    if (performance.now() - startedAt < requestTimeoutMs / 2) progress.waitsFor = 'aem';
    return text;
  }

  const send: Authorization['send'] = async (sent, signal, progress) => {
    if (!credentials || !tokenTiers.includes(sent.about.tier)) return exchange(sent, signal);
    const token = await had(credentials.token(), signal, progress);
    if (token === undefined) return exchange(sent, signal);
    let { answer, refusal } = await attempt(sent, token, signal);
    if (refusal || answer?.status === 401) {
      signal.throwIfAborted();
      const renewed = await had(credentials.replace(token), signal, progress);
      // A token that can't be renewed by program comes back unchanged: asking again is no use.
      if (renewed !== undefined && renewed !== token) {
        ({ answer, refusal } = await attempt(sent, renewed, signal));
      }
    }
    if (answer) return answer;
    throw refusal;
  };

  return {
    send,
    withToken: (tier) => credentials !== undefined && tokenTiers.includes(tier),
  };
}
