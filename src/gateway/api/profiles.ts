import type { Gateway, Http } from '../context.ts';
import { deviceOf, tvHeadersSchema } from '../devices.ts';
import { bearerOf, checkGrant, needs } from './bearer.ts';
import { secondsUntil } from './moments.ts';
import { problems, tooMany } from './problem.ts';
import { profilesSchema } from './schemas.ts';

/** Several profiles on one TV: the viewer's choice in place of the rule (flow F1). */
export function addProfiles(app: Http, gateway: Gateway): void {
  const { onRequest, security } = needs(gateway, 'device', 'tv');

  app.get(
    '/v1/profiles',
    {
      onRequest,
      schema: {
        tags: ['tv'],
        operationId: 'listProfiles',
        summary: 'The profiles that Adobe shows for this TV now',
        description:
          'For a viewer who has signed in with several providers. Give the `mvpd` of one to /v1/authenticate: it needs no login. Without a choice the one that holds longest is taken.',
        security,
        headers: tvHeadersSchema,
        response: { 200: profilesSchema, ...problems },
      },
    },
    async (request) => {
      await checkGrant(gateway, request);
      const { client } = bearerOf(request);
      const retryAfter = gateway.quotas.look(client.device);
      if (retryAfter !== undefined) throw tooMany('asked too often: wait', retryAfter);
      const profiles = await deviceOf(gateway, client, request).profiles();
      return {
        profiles: profiles.map(({ mvpd, type, expiresAt }) => ({
          mvpd,
          type,
          expiresAt: expiresAt.toISOString(),
          expiresIn: secondsUntil(expiresAt),
        })),
      };
    },
  );
}
