import { isRecord } from './json.ts';

/** How long caches keep a query's answers, seconds. */
export interface CacheAges {
  maxAge?: number;
  /** At the CDN. */
  surrogateMaxAge?: number;
  staleWhileRevalidate?: number;
  staleIfError?: number;
}

/** A persisted query as it stands, or shall stand, in AEM. */
export interface StoredQuery {
  /** `<configuration>/<name>`. */
  path: string;
  query: string;
  ages?: CacheAges;
}

/** Reads `list.json`. AEM documents no shape, so what can't be read is left out. */
export function storedQueriesOf(body: unknown): StoredQuery[] {
  const lists = Array.isArray(body) ? body : [body];
  return lists.flatMap((list: unknown) => {
    const queries = isRecord(list) ? list['queries'] : undefined;
    return Array.isArray(queries) ? queries.flatMap(storedQueryOf) : [];
  });
}

function storedQueryOf(entry: unknown): StoredQuery[] {
  const path = isRecord(entry) && isRecord(entry['path']) ? entry['path']['shortForm'] : undefined;
  const data = isRecord(entry) ? entry['data'] : undefined;
  if (typeof path !== 'string' || !isRecord(data) || typeof data['query'] !== 'string') return [];
  const ages = agesOf(data);
  const read = { path: path.replace(/^\/+/, ''), query: data['query'] };
  return [Object.keys(ages).length === 0 ? read : { ...read, ages }];
}

function agesOf(data: Record<string, unknown>): CacheAges {
  const cache = isRecord(data['cache-control']) ? data['cache-control'] : {};
  const surrogate = isRecord(data['surrogate-control']) ? data['surrogate-control'] : {};
  const ages: CacheAges = {};
  const take = (name: keyof CacheAges, value: unknown) => {
    if (typeof value === 'number') ages[name] = value;
  };
  take('maxAge', cache['max-age']);
  take('surrogateMaxAge', surrogate['max-age']);
  take('staleWhileRevalidate', surrogate['stale-while-revalidate']);
  take('staleIfError', surrogate['stale-if-error']);
  return ages;
}

/** The body that `persist.json` takes. */
export function persistBody({ query, ages = {} }: StoredQuery): object {
  const { maxAge, surrogateMaxAge, staleWhileRevalidate, staleIfError } = ages;
  const surrogate = {
    ...(surrogateMaxAge !== undefined && { 'max-age': surrogateMaxAge }),
    ...(staleWhileRevalidate !== undefined && { 'stale-while-revalidate': staleWhileRevalidate }),
    ...(staleIfError !== undefined && { 'stale-if-error': staleIfError }),
  };
  return {
    query,
    ...(maxAge !== undefined && { 'cache-control': { 'max-age': maxAge } }),
    ...(Object.keys(surrogate).length > 0 && { 'surrogate-control': surrogate }),
  };
}
