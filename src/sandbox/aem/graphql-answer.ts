import { createHash } from 'node:crypto';
import type { Answer } from './answer.ts';
import type { Answered } from './graphql/run.ts';
import type { AemSandboxSettings, Tier } from './options.ts';
import type { PersistedQuery } from './persisted.ts';
import type { Request } from './request.ts';

/** HTTP statuses of errors while the OSGi switch is on; without it all are 200. */
export type ErrorStatus = 400 | 404 | 500;

/** The answer to a query, with status and content type as the OSGi switch says. */
export function graphQlAnswer(
  settings: AemSandboxSettings,
  body: Answered,
  errorStatus: ErrorStatus = 500,
): Answer {
  const { graphQlStatuses } = settings;
  const failed = (body.errors?.length ?? 0) > 0 && (body.data ?? null) === null;
  return {
    status: graphQlStatuses && failed ? errorStatus : 200,
    type: graphQlStatuses ? 'application/graphql-response+json' : 'application/json',
    json: body,
  };
}

/** An answer that says only what went wrong. */
export function graphQlFailure(
  settings: AemSandboxSettings,
  message: string,
  errorStatus: ErrorStatus,
): Answer {
  return graphQlAnswer(settings, { errors: [{ message }] }, errorStatus);
}

/**
 * Headers for caches, and 304 where the asker has it already. Ages are the tier's defaults unless
 * the query has its own.
 */
export function cacheable(
  answer: Answer,
  { tier, headers }: Request,
  stored: PersistedQuery,
  { ageSeconds }: AemSandboxSettings,
): Answer {
  const { 'max-age': maxAge = 60 } = stored['cache-control'] ?? {};
  const surrogate = { 'max-age': defaultSurrogateAge[tier], ...stored['surrogate-control'] };
  const { 'stale-while-revalidate': revalidate = 86_400, 'stale-if-error': error = 86_400 } =
    surrogate as Record<string, number>;
  const stale = `stale-while-revalidate=${String(revalidate)}, stale-if-error=${String(error)}`;
  const digest = createHash('sha1').update(JSON.stringify(answer.json)).digest('hex');
  const etag = `"${digest.slice(0, 24)}"`;
  const caching = {
    etag,
    'cache-control': `max-age=${String(maxAge)}, ${stale}`,
    'surrogate-control': `max-age=${String(surrogate['max-age'])}, ${stale}`,
    ...(ageSeconds !== undefined && { age: String(ageSeconds) }),
  };
  if (headers['if-none-match'] === etag) return { status: 304, headers: caching };
  return { ...answer, headers: caching };
}

const defaultSurrogateAge: Record<Tier, number> = { author: 60, preview: 7200, publish: 7200 };
