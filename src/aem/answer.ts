import type { About } from './call.ts';
import { AemError } from './errors.ts';
import type { AemFailure } from './errors.ts';
import type { GraphQlError } from './graphql.ts';
import { parseJson } from './json.ts';
import { hostSetting } from './tier.ts';

/** An HTTP answer of a tier, no more of it than this client looks at. */
export interface Answer {
  status: number;
  text: string;
  /** Media type without parameters, lower case; empty when there is none. */
  type: string;
  headers: Partial<Record<HeaderName, string>>;
  /** Path that was asked, without query. */
  path: string;
  /** What went with the request to say who asks. */
  sentAs: 'nobody' | 'token' | { user: string };
}

export const headerNames = [
  'etag',
  'cache-control',
  'age',
  'location',
  'retry-after',
  'x-reason',
  'x-reason-code',
] as const;
type HeaderName = (typeof headerNames)[number];

/**
 * The JSON of an answer, whatever its status.
 *
 * @throws AemError when it isn't JSON: login pages, the dispatcher's pages, empty bodies.
 */
export function jsonOf(about: About, answer: Answer): unknown {
  const { status, type, text } = answer;
  const body = isJson(type) ? parseJson(text) : undefined;
  if (body !== undefined) return body;
  if (status < 200 || status > 299) throw failureOf(about, answer);
  throw looksLikeLogin(text) ? loginPage(about, status) : notJson(about, answer);
}

/** Whether a media type is JSON, with or without the name of a dialect. */
export function isJson(type: string): boolean {
  return type === 'application/json' || /^application\/[\w.-]+\+json$/.test(type);
}

/** The error of an answer that isn't 2xx, or that has no data. */
export function failureOf(
  about: About,
  answer: Answer,
  errors: readonly GraphQlError[] = [],
): AemError {
  const { status } = answer;
  const details = errors[0]?.message ?? answer.headers['x-reason'];
  const fail = (code: string, hint: string, more: Partial<AemFailure> = {}) =>
    new AemError({ ...about, code, hint, status, errors, details, retryable: false, ...more });
  if (status >= 300 && status < 400) return redirected(about, answer);
  switch (status) {
    case 401:
      return answer.sentAs === 'nobody'
        ? fail('token_missing', missingHint(about))
        : fail('token_rejected', rejectedHint(answer.sentAs));
    case 403:
      return fail(
        'forbidden',
        "check the technical account's rights (a changed product profile takes up to 30 minutes) and the tier's IP allow list",
      );
    case 404:
      return isJson(answer.type) ? unknownPath(about, fail) : closedFilter(about, answer, fail);
    case 405:
      return fail('address_refused', "the tier's IP allow list may not hold this server's address");
    case 429:
      return fail('throttled', 'ask less often', {
        retryable: true,
        retryAfterMs: retryAfterMs(answer) ?? 1000,
      });
    case 503:
      return fail('too_many_sessions', 'AEM is overloaded or starting', {
        retryable: true,
        retryAfterMs: retryAfterMs(answer),
      });
    default:
      return status >= 500
        ? fail('server_error', 'AEM or its CDN failed', { retryable: true })
        : fail(`http_${status}`, 'no documented answer: check that the host is AEM');
  }
}

type Fail = (code: string, hint: string) => AemError;

function unknownPath({ query, tier }: About, fail: Fail): AemError {
  return query === undefined
    ? fail('not_found', 'AEM knows no such path')
    : fail(
        'query_not_found',
        `persisted query '${query}' is not on ${tier}: install it on author, then publish it with its endpoint and model`,
      );
}

function missingHint({ tier }: About): string {
  return (
    `${tier} asks who we are: set AEM_CREDENTIALS_FILE (AEM_BASIC for an AEM of your own), ` +
    `and name ${tier} in AEM_TOKEN_TIERS`
  );
}

function rejectedHint(sentAs: Exclude<Answer['sentAs'], 'nobody'>): string {
  return sentAs === 'token'
    ? 'AEM refuses the token although it was renewed: check that the credential ' +
        '(AEM_CREDENTIALS_FILE or AEM_CREDENTIALS) belongs to this AEM'
    : `AEM refuses user ${sentAs.user} or the password: check AEM_BASIC, or the credentials file that has them`;
}

/** The dispatcher answers pages; AEM itself would have answered JSON. */
function closedFilter({ operation, tier }: About, { path }: Answer, fail: Fail): AemError {
  if (tier === 'author') {
    return fail('not_found', `no ${path} there: check that ${hostSetting(tier)} is an author`);
  }
  const rule =
    operation === 'persistedQuery'
      ? `/0061 { /type "allow" /method '(GET|POST|OPTIONS)' /url "/graphql/execute.json*" }`
      : undefined;
  return fail(
    'filter_closed',
    rule === undefined
      ? 'the dispatcher hides this path, and it should'
      : `the dispatcher's filter is closed: add the rule ${rule}`,
  );
}

function redirected(about: About, { status, headers }: Answer): AemError {
  const location = headers.location ?? '';
  if (/login|signin|saml|j_security_check|adobelogin/i.test(location)) {
    return loginPage(about, status);
  }
  return new AemError({
    ...about,
    code: 'redirected',
    status,
    hint: 'redirects are not followed: give the host that answers itself',
    retryable: false,
  });
}

function looksLikeLogin(text: string): boolean {
  return /j_security_check|j_username|<title>[^<]*(sign|log)[ -]?in\b/i.test(text);
}

function loginPage(about: About, status: number): AemError {
  return new AemError({
    ...about,
    code: 'login_page',
    status,
    hint: 'AEM shows its login page instead of data: the token is missing, or something on the way adds a browser user agent',
    retryable: false,
  });
}

function notJson(about: About, { status, type, text }: Answer): AemError {
  return new AemError({
    ...about,
    code: 'not_json',
    status,
    details: text === '' ? 'empty body' : type || 'no content type',
    hint: 'something on the way answered in place of AEM, a proxy perhaps: check the host',
    retryable: false,
  });
}

function retryAfterMs({ headers }: Answer): number | undefined {
  const seconds = Number(headers['retry-after'] ?? Number.NaN);
  return seconds >= 0 ? Math.min(seconds, 300) * 1000 : undefined;
}
