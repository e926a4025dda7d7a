import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { DevicePassError } from '../../client.ts';
import type { Client } from '../clients.ts';
import type { Gateway, Http } from '../context.ts';
import { leavingDeviceOf } from '../devices.ts';
import { authenticateClient, clientSecurity, postedClient } from './client-authentication.ts';
import { nothingSchema, OAuthError, oauthErrorSchema } from './errors.ts';

const requestSchema = z
  .object({
    token: z.string().max(12_000).optional(),
    token_type_hint: z.string().max(200).optional(),
    ...postedClient,
  })
  .meta({
    id: 'RevocationRequest',
    description: 'Either token of a viewer',
    required: ['token'],
  });

/**
 * Token revocation (RFC 7009): either token of a viewer ends the grant that it came from. The viewer
 * stays signed in at the provider; `/v1/logout` ends that.
 */
export function addRevocation(app: Http, gateway: Gateway): void {
  app.post(
    '/oauth/revoke',
    {
      schema: {
        tags: ['oauth'],
        consumes: ['application/x-www-form-urlencoded'],
        security: clientSecurity,
        operationId: 'revokeToken',
        summary: 'Token revocation (RFC 7009)',
        description:
          'Ends the tokens of a sign-in and no more: the viewer stays signed in at the provider, and the next code is SIGNED-IN. To sign out, POST /v1/logout.',
        body: requestSchema,
        response: {
          200: nothingSchema,
          '4xx': oauthErrorSchema,
          '5xx': oauthErrorSchema,
        },
      },
    },
    async (request) => {
      const { token } = request.body;
      const client = await authenticateClient(gateway, request, request.body);
      if (token === undefined) throw new OAuthError('invalid_request', 'send a token');
      const grant = await grantOf(gateway, client, token);
      // A token that is none of ours, or that nothing can be revoked of: there is nothing left to do.
      if (grant !== undefined) await revoke(gateway, client, grant, request);
      return {};
    },
  );
}

/** @throws OAuthError `invalid_grant` for another client's token, `unsupported_token_type` */
async function grantOf(
  { grants, accessTokens }: Gateway,
  client: Client,
  token: string,
): Promise<number | undefined> {
  const refreshToken = await grants.readRefreshToken(token);
  const bearer = refreshToken ? undefined : await accessTokens.read(token);
  const owner = refreshToken?.c ?? bearer?.client.thumbprint;
  if (owner !== undefined && owner !== client.thumbprint) {
    throw new OAuthError('invalid_grant', 'this token was issued to another client');
  }
  if (bearer && bearer.grant === undefined) {
    throw new OAuthError('unsupported_token_type', "the TV's own token ends after ten minutes");
  }
  return refreshToken?.n ?? bearer?.grant;
}

async function revoke(
  gateway: Gateway,
  client: Client,
  grant: number,
  request: FastifyRequest,
): Promise<void> {
  try {
    await leavingDeviceOf(gateway, client, request).revokeGrant(grant);
    gateway.standings.doubt(client.device);
  } catch (error) {
    // No such device any more: nothing is granted to it either.
    if (!(error instanceof DevicePassError) || error.code !== 'not_signed_in') throw error;
  }
}
