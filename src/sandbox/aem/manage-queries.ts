import type { Answer } from './answer.ts';
import { validateText } from './graphql/run.ts';
import type { ObjectType } from './graphql/run.ts';
import { QueryError } from './graphql/tokens.ts';
import type { AemSandboxSettings, AemUser } from './options.ts';
import { longForm } from './persisted.ts';
import type { PersistedQueries, PersistedQuery } from './persisted.ts';
import type { Request } from './request.ts';

/** `GET /graphql/list.json[/<configuration>]`. */
export function listQueries(path: string, queries: PersistedQueries): Answer {
  const wanted = path.split('/').slice(3).join('/');
  const lists = new Map<string, object[]>();
  for (const [shortPath, data] of queries) {
    const configuration = shortPath.slice(0, shortPath.lastIndexOf('/'));
    if (wanted !== '' && wanted !== configuration) continue;
    const entry = { path: { shortForm: `/${shortPath}`, longForm: longForm(shortPath) }, data };
    lists.set(configuration, [...(lists.get(configuration) ?? []), entry]);
  }
  const json = [...lists].map(([configurationName, each]) => ({
    configurationName,
    queries: each,
  }));
  return { status: 200, json };
}

/** `PUT` creates, `POST` updates `/graphql/persist.json/<configuration>/<name>`. */
export function persistQuery(
  { method, path, text, headers }: Request,
  user: AemUser,
  settings: AemSandboxSettings,
  queries: PersistedQueries,
  schema: ObjectType,
): Answer {
  const refuse = (status: number, message: string): Answer => ({
    status,
    json: { errors: [{ message }] },
  });
  if (method !== 'PUT' && method !== 'POST') return refuse(405, 'Method not allowed');
  if (!user.writes) return refuse(403, `${user.id} may not write`);
  const segments = path.split('/').slice(3).map(decodeURIComponent);
  const name = segments.at(-1);
  const configuration = segments.slice(0, -1).join('/');
  if (configuration !== settings.configuration || name === undefined) {
    return refuse(400, `No suitable endpoint found for '${configuration}'`);
  }
  const shortPath = `${configuration}/${name}`;
  const known = queries.has(shortPath);
  if (method === 'PUT' && known) return refuse(409, `Query exists: ${shortPath}`);
  if (method === 'POST' && !known) return refuse(404, `No such query: ${shortPath}`);
  try {
    const stored = storedOf(text, headers['content-type'] ?? '');
    validateText(stored.query, schema);
    queries.set(shortPath, stored);
  } catch (error) {
    if (error instanceof QueryError || error instanceof SyntaxError) {
      return refuse(400, error.message);
    }
    throw error;
  }
  return {
    status: known ? 200 : 201,
    json: {
      action: known ? 'update' : 'create',
      configurationName: configuration,
      name,
      shortPath: `/${shortPath}`,
      path: longForm(shortPath),
    },
  };
}

/** The body is the query, or JSON with the query and its ages. */
function storedOf(text: string, type: string): PersistedQuery {
  if (!type.includes('json')) return { query: text };
  const body = JSON.parse(text) as PersistedQuery;
  if (typeof body.query !== 'string') throw new SyntaxError('no query in the body');
  return body;
}
