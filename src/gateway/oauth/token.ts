import { z } from 'zod';
import { ACCESS_TOKEN_LIFE_S } from '../access-tokens.ts';
import type { Client } from '../clients.ts';
import type { Gateway, Http } from '../context.ts';
import { authenticateClient, clientSecurity, postedClient } from './client-authentication.ts';
import { clientCredentials } from './client-credentials-grant.ts';
import { DeviceCodeGrant } from './device-code-grant.ts';
import { OAuthError, oauthErrorSchema } from './errors.ts';
import { DEVICE_CODE_GRANT, GRANT_TYPES } from './metadata.ts';
import { refresh } from './refresh-grant.ts';

const requestSchema = z
  .object({
    grant_type: z
      .string()
      .max(200)
      .optional()
      .meta({ description: `One of ${GRANT_TYPES.join(', ')}` }),
    device_code: z.string().max(4_000).optional(),
    refresh_token: z.string().max(4_000).optional(),
    scope: z.string().max(200).optional(),
    ...postedClient,
  })
  .meta({
    id: 'TokenRequest',
    description: 'With `device_code` or `refresh_token` where the grant is of that name',
    // Left out, it is refused in words of OAuth's own.
    required: ['grant_type'],
  });

const responseSchema = z
  .object({
    access_token: z.string(),
    token_type: z.literal('Bearer'),
    expires_in: z.number().int(),
    scope: z.string(),
    refresh_token: z.string().optional(),
  })
  .meta({
    id: 'Token',
    description: 'An access token, and where a viewer signed in how to renew it',
  });

export type TokenRequest = z.infer<typeof requestSchema>;
/** What a grant gives: `expires_in` and `token_type` are the same for all. */
export interface Token {
  access_token: string;
  scope: string;
  refresh_token?: string;
}

/** The token endpoint (RFC 6749, section 3.2). */
export function addToken(app: Http, gateway: Gateway): void {
  const deviceCode = new DeviceCodeGrant(gateway);
  app.post(
    '/oauth/token',
    {
      schema: {
        tags: ['oauth'],
        consumes: ['application/x-www-form-urlencoded'],
        security: clientSecurity,
        operationId: 'requestToken',
        summary: 'Token endpoint: device_code, refresh_token, client_credentials',
        description:
          'device_code and refresh_token give a token of the viewer (scope tv), client_credentials one of the TV itself (scope device), while nobody is signed in.',
        body: requestSchema,
        response: { 200: responseSchema, '4xx': oauthErrorSchema, '5xx': oauthErrorSchema },
      },
    },
    async (request) => {
      const { body } = request;
      const client = await authenticateClient(gateway, request, body);
      const token = await grant();
      return { ...token, token_type: 'Bearer' as const, expires_in: ACCESS_TOKEN_LIFE_S };

      async function grant(): Promise<Token> {
        if (body.grant_type !== undefined) checkRegistered(client, body.grant_type);
        switch (body.grant_type) {
          case DEVICE_CODE_GRANT:
            return deviceCode.token(client, body, request);
          case 'refresh_token':
            return refresh(gateway, client, body, request);
          case 'client_credentials':
            return clientCredentials(gateway, client, body);
          case undefined:
            throw new OAuthError('invalid_request', 'send a grant_type');
          default:
            throw new OAuthError('unsupported_grant_type', `use one of ${GRANT_TYPES.join(', ')}`);
        }
      }
    },
  );
}

/** @throws OAuthError `unauthorized_client` for a grant type that the registration left out */
function checkRegistered({ grantTypes }: Client, grantType: string): void {
  const isOurs = GRANT_TYPES.some((known) => known === grantType);
  if (!isOurs || !grantTypes || grantTypes.includes(grantType)) return;
  throw new OAuthError('unauthorized_client', 'this client registered without this grant type');
}
