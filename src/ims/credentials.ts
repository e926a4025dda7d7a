import { createHash } from 'node:crypto';
import type { KeyObject, X509Certificate } from 'node:crypto';
import type { Secret } from './secret.ts';

/** What a technical account at IMS is known by. */
interface TechnicalAccount {
  /** Bare host name, as the file has it. */
  imsEndpoint: string;
  clientId: string;
  /** Several while a secret is being rotated; the first that works is used. */
  clientSecrets: readonly Secret[];
  /** The AEM user id; permissions hang on it. */
  email?: string | undefined;
  id?: string | undefined;
  org?: string | undefined;
}

/** Shape A: service credentials of the AEM Developer Console. */
export interface ServiceJwt extends TechnicalAccount {
  kind: 'service-jwt';
  id: string;
  org: string;
  metascopes: readonly string[];
  privateKey: KeyObject;
  certificate?: X509Certificate | undefined;
}

/** Shapes B and C: OAuth server-to-server of the AEM, and of the Adobe Developer Console. */
export interface OAuthServer extends TechnicalAccount {
  kind: 'aem-oauth' | 'developer-console-oauth';
  scopes: readonly string[];
}

/** Shape D: a person's token, 24 h at most. */
export interface LocalToken {
  kind: 'local-token';
  token: Secret;
  /** Epoch milliseconds. */
  expiresAt: number;
}

/** For an AEM on the developer's own machine. */
export type LocalAem = { kind: 'basic'; username: string; password: Secret } | { kind: 'none' };

/** Those that IMS gives tokens for. */
export type ImsCredentials = ServiceJwt | OAuthServer;
/** Every credential shape, told apart. */
export type Credentials = ImsCredentials | LocalToken | LocalAem;
/** Their names. */
export type CredentialKind = Credentials['kind'];

/**
 * One value for one credential, secrets included, so that a rotated one is another. A hash: it
 * tells nothing.
 */
export function fingerprint(credentials: Credentials): string {
  const hash = createHash('sha256').update(account(credentials));
  switch (credentials.kind) {
    case 'service-jwt':
      hash.update(credentials.privateKey.export({ type: 'pkcs8', format: 'der' }));
      hash.update(credentials.certificate?.fingerprint256 ?? '');
      hash.update(JSON.stringify([secretsOf(credentials), [...credentials.metascopes].sort()]));
      break;
    case 'aem-oauth':
    case 'developer-console-oauth':
      hash.update(JSON.stringify([secretsOf(credentials), [...credentials.scopes].sort()]));
      break;
    case 'local-token':
      hash.update(credentials.token.reveal());
      break;
    case 'basic':
      hash.update(credentials.password.reveal());
      break;
    case 'none':
  }
  return hash.digest('hex');
}

/**
 * Whom AEM sees. Two credentials of the same account may stand in for one another while one
 * replaces the other; those of different accounts never, as they see different content.
 */
export function account(credentials: Credentials): string {
  switch (credentials.kind) {
    case 'service-jwt':
    case 'aem-oauth':
    case 'developer-console-oauth': {
      const { kind, imsEndpoint, clientId, org = '', email, id } = credentials;
      return JSON.stringify([kind, imsEndpoint, clientId, org, email ?? id ?? '']);
    }
    case 'basic':
      return JSON.stringify(['basic', credentials.username]);
    default:
      return credentials.kind;
  }
}

function secretsOf({ clientSecrets }: ImsCredentials): string[] {
  return clientSecrets.map((secret) => secret.reveal());
}
