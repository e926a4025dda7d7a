import { untilAborted } from '../http/until-aborted.ts';
import { isJson } from './answer.ts';
import type { Answer } from './answer.ts';
import type { About } from './call.ts';
import { authorizationOf } from './credentials.ts';
import { AemError } from './errors.ts';
import { isRecord, parseJson } from './json.ts';
import type { AemSettings } from './options.ts';
import { executePath } from './paths.ts';
import { timeLimit } from './perform.ts';
import type { Tier } from './tier.ts';
import type { Exchange } from './transport.ts';

/** Where AEM says who is asking. Author answers it; publish usually hides it. */
export const currentUserPath = '/libs/granite/security/currentuser.json';

/** The user AEM took a request's sender for; undefined when it didn't say. */
export function userOf(answer: Answer): string | undefined {
  if (answer.status !== 200 || !isJson(answer.type)) return undefined;
  const body = parseJson(answer.text);
  const id = isRecord(body) ? body['authorizableId'] : undefined;
  return typeof id === 'string' && id !== '' ? id : undefined;
}

/** What a probe found out. */
interface Verdict {
  /** The user that AEM named. */
  user?: string | undefined;
  /** Why the token counts as ignored. */
  ignored?: string;
  /** A refused or failed probe decides nothing, so it is asked again with the next request. */
  decided: boolean;
}

/**
 * Finds out whether a tier ignores the token and serves its anonymous view. Asked per token and
 * tier, before the token's first use there and every `identityCheckMs`: it may be revoked. Requests
 * that begin at the same time share one probe.
 */
export function createIdentityCheck(settings: AemSettings, exchange: Exchange) {
  const checks = new Map<Tier, { token: string; until: number; verdict: Promise<Verdict> }>();

  async function probe(about: About, token: string): Promise<Verdict> {
    // Not by the signal of one caller: the others wait for it too.
    const signal = timeLimit(settings.requestTimeoutMs);
    const answer = await exchange(
      {
        about: { ...about, operation: 'currentUser' },
        method: 'GET',
        path: currentUserPath,
        authorization: authorizationOf(token),
      },
      signal,
    );
    const user = userOf(answer);
    if (user === 'anonymous') return ignored('AEM says the user is anonymous');
    if (user === undefined && (await finds(about, token, signal)) === false) {
      return ignored('the canary query finds nothing');
    }
    return { user, decided: isExpected(user) && answer.status !== 401 && answer.status < 500 };
  }

  /** Undefined when AEM didn't say either. */
  async function finds(about: About, token: string, signal: AbortSignal) {
    const { canary } = settings;
    if (!canary) return undefined;
    const path = executePath(about, canary.query, canary.variables);
    const answer = await exchange(
      { about, method: 'GET', path, authorization: authorizationOf(token) },
      signal,
    );
    const body = answer.status === 200 && isJson(answer.type) ? parseJson(answer.text) : undefined;
    if (!isRecord(body) || !isRecord(body['data'])) return undefined;
    return Object.values(body['data']).some(hasContent);
  }

  const isExpected = (user: string | undefined) =>
    user === undefined || user === (settings.expectedUser ?? user);

  async function verdictOn(about: About, token: string): Promise<Verdict> {
    const { tier } = about;
    const known = checks.get(tier);
    if (known?.token === token && known.until > performance.now()) return known.verdict;
    const check = { token, until: Infinity, verdict: probe(about, token) };
    checks.set(tier, check);
    check.until = await check.verdict.then(
      ({ decided }) => (decided ? performance.now() + settings.identityCheckMs : 0),
      () => 0,
    );
    return check.verdict;
  }

  return {
    /**
     * The error when the token is ignored, undefined when it is honoured or AEM doesn't tell.
     *
     * @throws AemError `wrong_user` when the token is somebody else's.
     */
    async ignored(about: About, token: string, signal: AbortSignal): Promise<AemError | undefined> {
      const { user, ignored: why } = await untilAborted(verdictOn(about, token), signal);
      if (why !== undefined) return anonymous(about, why);
      if (user !== undefined && !isExpected(user)) throw wrongUser(about, user);
      return undefined;
    },
  };
}

function ignored(why: string): Verdict {
  return { ignored: why, decided: false };
}

/** Whether a list, a page or an item of an answer holds anything. */
function hasContent(field: unknown): boolean {
  if (!isRecord(field)) return false;
  return ['items', 'edges', 'item'].some((name) => {
    const value = field[name];
    return Array.isArray(value) ? value.length > 0 : isRecord(value);
  });
}

function anonymous(about: About, details: string): AemError {
  return new AemError({
    ...about,
    code: 'anonymous_fallback',
    details,
    hint: 'AEM ignores the token and serves what anybody may see: check that the credential belongs to this environment',
    retryable: false,
  });
}

function wrongUser(about: About, user: string): AemError {
  return new AemError({
    ...about,
    code: 'wrong_user',
    details: `AEM says ${user}`,
    hint: 'the token is of another account than expected: check which credential is in use',
    retryable: false,
  });
}
