import { credentialError } from './errors.ts';
import {
  aemOauthShape,
  basicShape,
  developerConsoleShape,
  problemsOf,
  serviceJwtShape,
} from './shapes.ts';

/** Which shape a credential JSON has, and the object that holds its fields. */
export interface Detected {
  kind: 'service-jwt' | 'aem-oauth' | 'developer-console-oauth' | 'local-token' | 'basic';
  fields: Fields;
  /** Path of `fields` within the JSON, such as `integration.`. */
  prefix: string;
}

type Fields = Record<string, unknown>;

/**
 * Tells the credential shapes apart by content (reference, 1.5).
 *
 * @param prefer which of the two, should a file be both service and OAuth credentials
 * @throws ImsError `unknown_credentials` with all missing paths of every shape, or
 *   `incomplete_credentials` with those of the one that it nearly is
 */
export function detect(root: unknown, prefer?: 'service-jwt' | 'aem-oauth'): Detected {
  if (!isFields(root)) throw unknown('it is not a JSON object');
  if (typeof root['accessToken'] === 'string') {
    return { kind: 'local-token', fields: root, prefix: '' };
  }
  if ('username' in root && 'password' in root) return complete('basic', root, '');
  const project = projectCredential(root);
  if (project) return project;
  const wrapped = isFields(root['integration']);
  const inner = isFields(root['integration']) ? root['integration'] : root;
  const fields = { ...inner, technicalAccount: inner['technicalAccount'] ?? {} };
  const prefix = wrapped ? 'integration.' : '';
  const jwt = 'privateKey' in fields || 'metascopes' in fields;
  const oauth = 'scopes' in fields && 'technicalAccount' in inner;
  if (jwt && (!oauth || prefer === 'service-jwt')) return complete('service-jwt', fields, prefix);
  if (oauth) return complete('aem-oauth', fields, prefix);
  const lower = lowerCased(inner);
  if ('client_id' in lower || 'client_secrets' in lower) {
    return complete('developer-console-oauth', lower, prefix);
  }
  const missing = [
    `service credentials: ${problemsOf(serviceJwtShape, fields, prefix).join(', ')}`,
    `OAuth server-to-server: ${problemsOf(aemOauthShape, fields, prefix).join(', ')}`,
    `Developer Console OAuth: ${problemsOf(developerConsoleShape, lower, prefix).join(', ')}`,
    'local development token: accessToken',
  ];
  throw unknown(`missing for ${missing.join('; for ')}`);
}

const shapes = {
  'service-jwt': serviceJwtShape,
  'aem-oauth': aemOauthShape,
  'developer-console-oauth': developerConsoleShape,
  basic: basicShape,
};

function complete(kind: keyof typeof shapes, fields: Fields, prefix: string): Detected {
  const problems = problemsOf(shapes[kind], fields, prefix);
  if (problems.length === 0) return { kind, fields, prefix };
  throw credentialError(
    'incomplete_credentials',
    'download the file again from the console, and give it unchanged',
    `${kind} without usable ${problems.join(', ')}`,
  );
}

function unknown(why: string): Error {
  return credentialError(
    'unknown_credentials',
    'give the JSON of service credentials, OAuth server-to-server, or a local development token',
    why,
  );
}

/** The download of a whole Developer Console project holds the credential deep inside. */
function projectCredential(root: Fields): Detected | undefined {
  const workspace = at(at(root['project'], 'workspace'), 'details');
  const list = at(workspace, 'credentials');
  if (!Array.isArray(list)) return undefined;
  for (const [index, entry] of list.entries()) {
    const fields = at(entry, 'oauth_server_to_server');
    const prefix = `project.workspace.details.credentials.${index}.oauth_server_to_server.`;
    if (isFields(fields)) return complete('developer-console-oauth', fields, prefix);
  }
  throw credentialError(
    'wrong_console',
    'add an OAuth server-to-server credential to the project, or take service credentials from ' +
      'the Developer Console of the AEM environment',
    'a Developer Console project without OAuth server-to-server (its JWT ended on 2026-03-01)',
  );
}

function at(value: unknown, name: string): unknown {
  return isFields(value) ? value[name] : undefined;
}

function lowerCased(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).map(([name, v]) => [name.toLowerCase(), v]));
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
