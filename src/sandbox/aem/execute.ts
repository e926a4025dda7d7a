import type { Answer } from './answer.ts';
import { dispatcherNotFound } from './answer.ts';
import { cacheable, graphQlAnswer, graphQlFailure } from './graphql-answer.ts';
import { runQuery } from './graphql/run.ts';
import type { Answered, ObjectType } from './graphql/run.ts';
import type { AemSandboxSettings } from './options.ts';
import type { PersistedQueries } from './persisted.ts';
import type { Request } from './request.ts';

export const executePrefix = '/graphql/execute.json';

/** Answers `/graphql/execute.json/<configuration>/<name>` with its variables. */
export function execute(
  request: Request,
  settings: AemSandboxSettings,
  queries: PersistedQueries,
  schema: ObjectType,
  alter: (body: Answered) => Answered,
): Answer {
  const raw = request.path.slice(executePrefix.length);
  const decoded = decodedOnce(raw);
  if (decoded === undefined) return graphQlFailure(settings, 'Invalid path', 400);
  const { path, run } = splitRun(decoded);
  const [first, ...segments] = path.split('/');
  if (first !== '' || segments.length < 2 || segments.includes('')) {
    return graphQlFailure(settings, `Invalid path '${path}'`, 400);
  }
  // A slash in a value reaches AEM encoded twice.
  if (settings.dispatcherCaches && request.tier !== 'author' && /[/\\]/.test(run)) {
    return dispatcherNotFound;
  }
  if (segments.slice(0, -1).join('/') !== settings.configuration) {
    return graphQlFailure(settings, `No suitable endpoint found for '${path}'`, 404);
  }
  const stored = queries.get(segments.join('/'));
  if (!stored) {
    return { status: 404, json: { errors: [{ message: `Persisted query not found: ${path}` }] } };
  }
  const posted = request.method === 'POST';
  const values = posted ? postedVariables(request.text) : variablesIn(run);
  if (!values) return graphQlFailure(settings, 'Invalid variables', 400);
  const body = alter(runQuery(stored.query, { values, texts: !posted }, schema));
  const answer = graphQlAnswer(settings, body);
  return posted || body.errors ? answer : cacheable(answer, request, stored, settings);
}

/** Decodes once; what was encoded twice stays encoded and names nothing. */
function decodedOnce(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function splitRun(decoded: string): { path: string; run: string } {
  const at = decoded.indexOf(';');
  return at < 0
    ? { path: decoded, run: '' }
    : { path: decoded.slice(0, at), run: decoded.slice(at) };
}

/** Splits `;a=1;b=2;`. Several variables need the `;` at the end, as some AEM versions do. */
function variablesIn(run: string): Map<string, string> | undefined {
  const parts = run.split(';').filter((part) => part !== '');
  if (parts.length > 1 && !run.endsWith(';')) return undefined;
  const values = new Map<string, string>();
  for (const part of parts) {
    const at = part.indexOf('=');
    if (at < 1) return undefined;
    values.set(part.slice(0, at), part.slice(at + 1));
  }
  return values;
}

function postedVariables(text: string): Map<string, unknown> | undefined {
  try {
    const { variables = {} } = JSON.parse(text || '{}') as { variables?: object };
    return new Map(Object.entries(variables));
  } catch {
    return undefined;
  }
}
