import { DevicePassError, partnerPicker, type Standing } from '../../client.ts';
import { opened } from '../../client/standing.ts';
import type { Client } from '../clients.ts';
import type { Gateway, Http } from '../context.ts';
import { deviceOf } from '../devices.ts';
import { providersOf } from '../providers.ts';
import { bearerOf, needs, revoked } from './bearer.ts';
import { problems } from './problem.ts';
import { mvpdsSchema, sessionSchema } from './schemas.ts';
import { sessionOf } from './session-of.ts';

/** Where the TV stands, and the providers that it could offer. */
export function addSession(app: Http, gateway: Gateway): void {
  const { onRequest, security } = needs(gateway, 'device', 'tv');

  app.get(
    '/v1/session',
    {
      onRequest,
      schema: {
        tags: ['tv'],
        operationId: 'getSession',
        summary: 'Where the TV stands',
        description: 'By a viewer’s token with the attributes that Adobe gives of them.',
        security,
        response: { 200: sessionSchema, ...problems },
      },
    },
    async (request) => {
      const { client, scopes, grant } = bearerOf(request);
      const standing = await standingOf(gateway, client, request);
      if (grant !== undefined && grant !== (standing.grant ?? 0)) throw revoked();
      const session = sessionOf(standing, { viewer: scopes.includes('tv') });
      return { ...session, installationId: client.installation };
    },
  );

  app.get(
    '/v1/mvpds',
    {
      onRequest,
      schema: {
        tags: ['tv'],
        operationId: 'listProviders',
        summary: 'Providers for a picker on the TV',
        description: 'Those that the app offers. Give the one that is chosen to /v1/authenticate.',
        security,
        response: { 200: mvpdsSchema, ...problems },
      },
    },
    async (request) => {
      const { client } = bearerOf(request);
      const providers = await providersOf(gateway, client, request.address.ip);
      const apple = partnerPicker(providers);
      return {
        mvpds: providers.map(({ isProxy: _unused, ...provider }) => provider),
        ...(apple.supported.length > 0 ? { apple } : {}),
      };
    },
  );
}

/** A query, which leaves no event. Nobody has ever heard of the device: nobody is signed in. */
async function standingOf(
  gateway: Gateway,
  client: Client,
  request: Parameters<typeof deviceOf>[2],
): Promise<Standing> {
  try {
    const device = deviceOf(gateway, client, request);
    const { standing } = await device.view();
    return await opened(gateway.sealingKeys, device.identity, standing);
  } catch (error) {
    if (!(error instanceof DevicePassError) || error.code !== 'not_signed_in') throw error;
    return { status: 'signed-out', generation: 0, reason: 'new' };
  }
}
