import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';
import { isObject, parseJson } from './base64.ts';
import { serviceProviders } from './catalog.ts';

/** What a statement of the sandbox says. */
export interface StatementClaims {
  scopes: readonly string[];
  serviceProviders: readonly string[];
}

// Not a secret: it signs nothing but the sandbox's own statements. Being fixed, a statement
// outlives a restart of the sandbox, as Adobe's statements have no end.
const key = 'sandbox software statements';
const header = encode({ alg: 'HS256', typ: 'JWT' });

/** A new signed statement; by default with the V2 scope and for every service provider. */
export function signStatement(input: Partial<StatementClaims> = {}): string {
  const payload = encode({
    iss: 'sandbox',
    jti: randomUUID(),
    iat: Math.floor(Date.now() / 1000),
    software_id: 'sandbox-RESTV2',
    scopes: input.scopes ?? ['api:client:v2'],
    service_providers: input.serviceProviders ?? [...serviceProviders.keys()],
  });
  return `${header}.${payload}.${signature(`${header}.${payload}`)}`;
}

/** The claims of a statement this module signed; undefined for any other text. */
export function verifyStatement(statement: string): StatementClaims | undefined {
  const [head = '', payload = '', given = '', ...rest] = statement.split('.');
  const expected = Buffer.from(signature(`${head}.${payload}`));
  const actual = Buffer.from(given);
  if (head !== header || rest.length > 0 || actual.length !== expected.length) return undefined;
  if (!timingSafeEqual(actual, expected)) return undefined;
  const claims = parseJson(Buffer.from(payload, 'base64url').toString('utf8'));
  if (!isObject(claims)) return undefined;
  return { scopes: texts(claims['scopes']), serviceProviders: texts(claims['service_providers']) };
}

function signature(text: string): string {
  return createHmac('sha256', key).update(text).digest('base64url');
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : [];
}
