import { UnsendableVariable, variableSuffix } from './variables.ts';
import type { Variables } from './variables.ts';
import { AemError } from './errors.ts';
import type { About } from './call.ts';

/**
 * Address of a persisted query: `/graphql/execute.json/<configuration>/<name>` and its variables.
 *
 * @throws AemError `invalid_request` for a query that isn't `<configuration>/<name>`,
 * `invalid_variable` for a variable that can't be sent.
 */
export function executePath(about: About, query: string, variables: Variables = {}): string {
  const path = `/graphql/execute.json/${queryPath(about, query)}`;
  try {
    return path + variableSuffix(variables);
  } catch (error) {
    if (!(error instanceof UnsendableVariable)) throw error;
    const hint = 'give a value without it: persisted queries carry variables in the address';
    throw new AemError({
      ...about,
      code: 'invalid_variable',
      details: error.message,
      hint,
      retryable: false,
    });
  }
}

/** `configuration/name`, encoded, with no slash too many: `//` is another address for AEM. */
export function queryPath(about: About, query: string): string {
  const segments = query.split('/').filter((segment) => segment !== '');
  if (segments.length < 2) {
    throw refused(about, `'${query}' is no query`, 'name it <configuration>/<query>');
  }
  return encodedPath(about, segments);
}

/** A configuration below `/conf`, encoded; `global` when none is given. */
export function configurationPath(about: About, configuration = 'global'): string {
  return encodedPath(
    about,
    configuration.split('/').filter((segment) => segment !== ''),
  );
}

function encodedPath(about: About, segments: string[]): string {
  for (const segment of segments) {
    if (/^\.{1,2}$|[;%?#\\\p{Cc}\p{Surrogate}]/u.test(segment)) {
      throw refused(about, `'${segment}' is no name of a node`, 'correct the name of the query');
    }
  }
  return segments.map(encodeURIComponent).join('/');
}

function refused(about: About, details: string, hint: string): AemError {
  return new AemError({ ...about, code: 'invalid_request', details, hint, retryable: false });
}
