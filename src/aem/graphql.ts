import { failureOf, jsonOf } from './answer.ts';
import type { Answer } from './answer.ts';
import type { About } from './call.ts';
import { AemError } from './errors.ts';
import { isRecord } from './json.ts';

/** One error of a GraphQL answer, as graphql-java writes it; AEM documents no shape. */
export interface GraphQlError {
  message: string;
  /** Where in `data` something is missing. */
  path?: (string | number)[];
  /** `ValidationError`, `DataFetchingException`, ... */
  classification?: string;
}

/** What a query found. `partial` means that `data` has holes, each with one of the `errors`. */
export interface GraphQlAnswer {
  data: Record<string, unknown>;
  errors: GraphQlError[];
  partial: boolean;
}

/** Statuses that say more than the errors in their bodies. */
const telling = new Set([401, 403, 404, 405, 429, 503]);

/**
 * Reads the answer to a query: JSON first whenever the content type is JSON, then its errors, then
 * the status, for errors come with HTTP 200 unless an OSGi switch is on.
 *
 * @throws AemError when there is no data at all.
 */
export function graphQlOf(about: About, answer: Answer): GraphQlAnswer {
  const body = jsonOf(about, answer);
  const errors = isRecord(body) ? errorsOf(body['errors']) : [];
  const data = isRecord(body) ? body['data'] : undefined;
  if (isRecord(data) && Object.values(data).some((value) => value !== null)) {
    return { data, errors, partial: errors.length > 0 };
  }
  if (telling.has(answer.status)) throw failureOf(about, answer, errors);
  if (errors.length > 0) throw refusedQuery(about, answer.status, errors);
  if (answer.status >= 400) throw failureOf(about, answer, errors);
  if (isRecord(data)) return { data, errors, partial: false };
  throw new AemError({
    ...about,
    code: 'invalid_answer',
    status: answer.status,
    hint: 'this is JSON but no GraphQL answer: check that the host is AEM',
    retryable: false,
  });
}

function refusedQuery(about: About, status: number, errors: GraphQlError[]): AemError {
  const invalid = errors.some(({ classification = '' }) =>
    /ValidationError|InvalidSyntax/.test(classification),
  );
  const failedFetch = errors.some(({ classification }) =>
    /DataFetching/.test(classification ?? ''),
  );
  return new AemError({
    ...about,
    code: 'graphql_errors',
    status,
    errors,
    details: errors.map(({ message }) => message).join('; '),
    hint: invalid
      ? 'query and content fragment model differ: install the queries that belong to the model'
      : 'see the errors; an endpoint or model that is not published looks like this too',
    retryable: !invalid && (failedFetch || status >= 500),
  });
}

function errorsOf(value: unknown): GraphQlError[] {
  if (!Array.isArray(value)) return [];
  return value.map((each: unknown): GraphQlError => {
    if (!isRecord(each)) return { message: String(each) };
    const { message, path, extensions } = each;
    const named = isRecord(extensions) ? extensions['classification'] : undefined;
    return {
      message: typeof message === 'string' ? message : 'no message',
      ...(Array.isArray(path) && { path: path.filter(isStep) }),
      ...(typeof named === 'string' && { classification: named }),
    };
  });
}

function isStep(value: unknown): value is string | number {
  return typeof value === 'string' || typeof value === 'number';
}
