import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { hasSingleSignOn } from '../../adobe-pass/index.ts';
import {
  type AuthenticateOptions,
  type DeviceClient,
  DevicePassError,
  type Standing,
} from '../../client.ts';
import type { Client } from '../clients.ts';
import type { Gateway, Http } from '../context.ts';
import { deviceOf, SUBSCRIBER_HEADER, tvHeadersSchema, viewerTokensOf } from '../devices.ts';
import { patiently } from '../patiently.ts';
import { authenticateClient, clientSecurity, postedClient } from './client-authentication.ts';
import { OAuthError, oauthErrorSchema } from './errors.ts';
import { scopeOf } from './scopes.ts';

const requestSchema = z
  .object({
    ...postedClient,
    scope: z.string().max(200).optional(),
  })
  .meta({ id: 'DeviceAuthorizationRequest', description: 'May be left out where Basic is used' });

export const deviceAuthorizationSchema = z
  .object({
    device_code: z.string(),
    user_code: z.string().meta({ description: 'To be shown; SIGNED-IN if nobody has to type it' }),
    verification_uri: z.url(),
    verification_uri_complete: z.url().optional(),
    expires_in: z.number().int().min(1),
    interval: z.number().int().min(1),
  })
  .meta({ id: 'DeviceAuthorization', description: 'A code to show, and how to poll' });

export type DeviceAuthorization = z.infer<typeof deviceAuthorizationSchema>;

/** Shown instead of a code when nobody has to type one: signed in, TempPass, degraded access. */
const SIGNED_IN = 'SIGNED-IN';

/** The device authorization endpoint (RFC 8628, section 3.1). */
export function addDeviceAuthorization(app: Http, gateway: Gateway): void {
  app.post(
    '/oauth/device_authorization',
    {
      schema: {
        tags: ['oauth'],
        consumes: ['application/x-www-form-urlencoded'],
        security: clientSecurity,
        operationId: 'authorizeDevice',
        summary: 'Device authorization (RFC 8628)',
        description:
          'Show `user_code` and `verification_uri` (or `verification_uri_complete` as a QR code), then poll /oauth/token. While a code waits, the same one comes again.',
        headers: tvHeadersSchema,
        body: requestSchema,
        response: {
          200: deviceAuthorizationSchema,
          '4xx': oauthErrorSchema,
          '5xx': oauthErrorSchema,
        },
      },
    },
    async (request) => {
      const client = await authenticateClient(gateway, request, request.body);
      const scope = scopeOf(client, request.body.scope, 'tv');
      const known = gateway.standings.known(client.device);
      const waits = known?.status === 'pending' && known.expiresAt.getTime() > Date.now();
      // With a platform's token another app may have signed the viewer in since.
      const mayBeShared =
        hasSingleSignOn(viewerTokensOf(request.headers)) ||
        (gateway.pass.knowsHouseholds && client.household !== undefined) ||
        request.headers[SUBSCRIBER_HEADER] !== undefined;
      if (waits && known.screen !== 'same' && !mayBeShared) {
        return deviceAuthorization(gateway, client, known, scope);
      }
      const standing = await openSession(gateway, client, request);
      return deviceAuthorization(gateway, client, standing, scope);
    },
  );
}

/**
 * Asks for a code. Here the cost at Adobe begins: what is refused for itself, or was answered before,
 * spends nothing that others need.
 *
 * @throws OAuthError `slow_down`, InvalidFacts, DevicePassError
 */
export async function openSession(
  gateway: Gateway,
  client: Client,
  request: FastifyRequest,
  wanted: AuthenticateOptions = {},
): Promise<Standing> {
  const { standings } = gateway;
  return askingForSession(gateway, client, request, (device, asking) =>
    standings.authenticate(client.device, device, { ...asking, ...wanted }),
  );
}

/** The same for whatever way of asking. @throws as `openSession` */
export async function askingForSession<T extends { generation: number }>(
  gateway: Gateway,
  client: Client,
  request: FastifyRequest,
  ask: (
    device: DeviceClient,
    asking: Pick<AuthenticateOptions, 'statement' | 'place'>,
  ) => Promise<T>,
): Promise<T> {
  const { quotas } = gateway;
  const { ip } = request.address;
  const device = deviceOf(gateway, client, request);
  // Shown to whoever opens the code, and to operators.
  const asking = { statement: client.statement, place: request.place };
  await quotas.upToDate();
  const retryAfter = quotas.session(ip, client.statement);
  if (retryAfter !== undefined) {
    throw new OAuthError('slow_down', 'too many new codes: wait', { status: 429, retryAfter });
  }
  try {
    const answer = await patiently(gateway, request, () => ask(device, asking));
    if (!quotas.isNewSession(client.device, answer.generation)) {
      quotas.noSession(ip, client.statement);
    }
    return answer;
  } catch (error) {
    if (isRefusal(error)) quotas.noSession(ip, client.statement);
    throw error;
  }
}

/** Nobody asked Adobe for a session. */
function isRefusal(error: unknown): boolean {
  if (!(error instanceof DevicePassError)) return false;
  return error.code === 'invalid_request' && error.action !== 'configuration';
}

/** The whole answer for where a device stands now; also the event `code`. */
export async function deviceAuthorization(
  { grants, settings }: Gateway,
  client: Client,
  standing: Standing,
  scope = 'tv',
): Promise<DeviceAuthorization> {
  if (standing.status === 'signed-out') {
    throw new OAuthError('temporarily_unavailable', 'no session could be had: ask again', {
      status: 503,
      retryAfter: 1,
    });
  }
  const { code, expiresAt } = await grants.deviceCode(client, standing, scope);
  const verification = `${settings.issuer}/activate`;
  const common = {
    device_code: code,
    verification_uri: verification,
    expires_in: Math.max(1, Math.floor((expiresAt - Date.now()) / 1000)),
  };
  if (standing.status === 'signed-in') return { ...common, user_code: SIGNED_IN, interval: 1 };
  return {
    ...common,
    user_code: standing.code,
    verification_uri_complete: `${verification}?user_code=${encodeURIComponent(standing.code)}`,
    interval: settings.pollIntervalS,
  };
}
