import { z } from 'zod';
import { SCOPES } from '../access-tokens.ts';
import type { Gateway, Http } from '../context.ts';
import { oauthErrorSchema } from './errors.ts';

export const DEVICE_CODE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';
export const GRANT_TYPES = [DEVICE_CODE_GRANT, 'refresh_token', 'client_credentials'] as const;
export const AUTH_METHODS = ['client_secret_basic', 'client_secret_post'] as const;
/**
 * RFC 8414 asks for at least one, and validators (Authlib's) refuse an empty list, though no grant of
 * ours goes through an authorization endpoint. `none` is the registered one that promises nothing.
 */
export const RESPONSE_TYPES = ['none'] as const;

const jwksSchema = z
  .object({ keys: z.array(z.record(z.string(), z.unknown())) })
  .meta({ id: 'Jwks', description: 'Public keys of access tokens' });

const texts = z.array(z.string());
const metadataSchema = z
  .looseObject({
    issuer: z.url(),
    registration_endpoint: z.url(),
    device_authorization_endpoint: z.url(),
    token_endpoint: z.url(),
    revocation_endpoint: z.url(),
    jwks_uri: z.url(),
    response_types_supported: texts,
    grant_types_supported: texts,
    token_endpoint_auth_methods_supported: texts,
    revocation_endpoint_auth_methods_supported: texts,
    scopes_supported: texts,
    service_documentation: z.url(),
  })
  .meta({ id: 'ServerMetadata', description: 'The endpoints, and what they can do' });

/** What a client needs to know of us, by RFC 8414, and the keys of access tokens (RFC 7517). */
export function addMetadata(app: Http, { settings: { issuer }, tokenKeys }: Gateway): void {
  const metadata: z.infer<typeof metadataSchema> = {
    issuer,
    registration_endpoint: `${issuer}/oauth/register`,
    device_authorization_endpoint: `${issuer}/oauth/device_authorization`,
    token_endpoint: `${issuer}/oauth/token`,
    revocation_endpoint: `${issuer}/oauth/revoke`,
    jwks_uri: `${issuer}/.well-known/jwks.json`,
    response_types_supported: [...RESPONSE_TYPES],
    grant_types_supported: [...GRANT_TYPES],
    token_endpoint_auth_methods_supported: [...AUTH_METHODS],
    revocation_endpoint_auth_methods_supported: [...AUTH_METHODS],
    scopes_supported: [...SCOPES],
    service_documentation: `${issuer}/openapi.json`,
  };
  const tags = ['discovery'];

  app.get(
    '/.well-known/oauth-authorization-server',
    {
      schema: {
        tags,
        operationId: 'getServerMetadata',
        summary: 'Authorization server metadata (RFC 8414)',
        description: 'From here an OAuth library finds everything else.',
        response: { 200: metadataSchema, '4xx': oauthErrorSchema },
      },
    },
    async () => metadata,
  );

  app.get(
    '/.well-known/jwks.json',
    {
      schema: {
        tags,
        operationId: 'getKeys',
        summary: 'Keys of access tokens (RFC 7517)',
        description: 'For services that check access tokens. TVs need not.',
        response: { 200: jwksSchema, '4xx': oauthErrorSchema },
      },
    },
    async (_request, reply) => {
      reply.header('cache-control', 'public, max-age=300');
      return tokenKeys.jwks;
    },
  );
}
