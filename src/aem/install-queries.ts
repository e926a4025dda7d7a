import type { Aem } from './aem.ts';
import { AemError } from './errors.ts';
import type { CacheAges, StoredQuery } from './stored-queries.ts';

/** What became of one query. */
export interface InstalledQuery {
  path: string;
  action: 'created' | 'updated' | 'unchanged';
  /** The node that is to be published next, so that preview and publish answer it. */
  node: string;
}

/**
 * Puts persisted queries on author: creates what is missing, updates what differs, leaves the
 * rest. Installing twice changes nothing. Publishing the nodes is the editor's next step.
 *
 * @throws AemError at the first query that AEM refuses; those before it stay installed.
 */
export async function installQueries(
  aem: Aem,
  queries: readonly StoredQuery[],
): Promise<InstalledQuery[]> {
  const present = new Map<string, StoredQuery>();
  for (const configuration of new Set(queries.map(({ path }) => configurationOf(path)))) {
    for (const stored of await aem.listQueries(configuration)) present.set(stored.path, stored);
  }
  const installed: InstalledQuery[] = [];
  for (const query of queries) {
    installed.push({
      path: query.path,
      action: await install(aem, query, present.get(query.path)),
      node: nodeOf(query.path),
    });
  }
  return installed;
}

async function install(aem: Aem, query: StoredQuery, stored: StoredQuery | undefined) {
  if (stored) {
    if (isSame(query, stored)) return 'unchanged' as const;
    await aem.persistQuery(query, true);
    return 'updated' as const;
  }
  try {
    await aem.persistQuery(query, false);
    return 'created' as const;
  } catch (error) {
    // Creating fails when the query is there after all: the list's shape is undocumented.
    if (!(error instanceof AemError) || ![400, 409, 500].includes(error.status ?? 0)) throw error;
    await aem.persistQuery(query, true);
    return 'updated' as const;
  }
}

function isSame(wanted: StoredQuery, stored: StoredQuery): boolean {
  // Editors' tools re-indent: only the words count.
  const words = ({ query }: StoredQuery) => query.replace(/\s+/g, ' ').trim();
  const ages = Object.entries(wanted.ages ?? {}) as [keyof CacheAges, number][];
  return (
    words(wanted) === words(stored) && ages.every(([name, age]) => stored.ages?.[name] === age)
  );
}

function configurationOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}

function nodeOf(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return `/conf/${configurationOf(path)}/settings/graphql/persistentQueries/${name}`;
}
