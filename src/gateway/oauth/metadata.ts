import { z } from 'zod';
import { SCOPES } from '../access-tokens.ts';
import type { Gateway, Http } from '../context.ts';

export const DEVICE_CODE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';
export const GRANT_TYPES = [DEVICE_CODE_GRANT, 'refresh_token', 'client_credentials'] as const;
export const AUTH_METHODS = ['client_secret_basic', 'client_secret_post'] as const;

const jwksSchema = z.object({ keys: z.array(z.record(z.string(), z.unknown())) });

/** What a client needs to know of us, by RFC 8414, and the keys of access tokens (RFC 7517). */
export function addMetadata(app: Http, { settings: { issuer }, tokenKeys }: Gateway): void {
  const metadata = {
    issuer,
    registration_endpoint: `${issuer}/oauth/register`,
    device_authorization_endpoint: `${issuer}/oauth/device_authorization`,
    token_endpoint: `${issuer}/oauth/token`,
    revocation_endpoint: `${issuer}/oauth/revoke`,
    jwks_uri: `${issuer}/.well-known/jwks.json`,
    response_types_supported: [],
    grant_types_supported: GRANT_TYPES,
    token_endpoint_auth_methods_supported: AUTH_METHODS,
    revocation_endpoint_auth_methods_supported: AUTH_METHODS,
    scopes_supported: SCOPES,
    service_documentation: `${issuer}/openapi.json`,
  };
  const tags = ['discovery'];

  app.get(
    '/.well-known/oauth-authorization-server',
    {
      schema: {
        tags,
        summary: 'Authorization server metadata (RFC 8414)',
        response: { 200: z.looseObject({ issuer: z.url() }) },
      },
    },
    async () => metadata,
  );

  app.get(
    '/.well-known/jwks.json',
    {
      schema: { tags, summary: 'Keys of access tokens (RFC 7517)', response: { 200: jwksSchema } },
    },
    async (_request, reply) => {
      reply.header('cache-control', 'public, max-age=300');
      return tokenKeys.jwks;
    },
  );
}
