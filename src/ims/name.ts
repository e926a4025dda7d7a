import type { Credentials } from './credentials.ts';

/** What to call a credential in a log: the AEM user where known, else the client. Not secret. */
export function nameOf(credentials: Credentials): string {
  switch (credentials.kind) {
    case 'service-jwt':
    case 'aem-oauth':
    case 'developer-console-oauth':
      return credentials.email ?? credentials.clientId;
    case 'basic':
      return credentials.username;
    default:
      return credentials.kind;
  }
}
