/** A persisted query as it is stored. */
export interface PersistedQuery {
  query: string;
  'cache-control'?: Record<string, number>;
  'surrogate-control'?: Record<string, number>;
}

/** Persisted queries of a tier by `<configuration>/<name>`. */
export type PersistedQueries = Map<string, PersistedQuery>;

/** Where a query is stored. */
export function longForm(path: string): string {
  const at = path.lastIndexOf('/');
  return `/conf/${path.slice(0, at)}/settings/graphql/persistentQueries/${path.slice(at + 1)}`;
}
