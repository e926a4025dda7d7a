import type { Gateway, Http } from '../context.ts';
import { deviceOf, tvHeadersSchema } from '../devices.ts';
import { bearerOf, checkGrant, needs } from './bearer.ts';
import { mediaTokenOf } from './moments.ts';
import { problems } from './problem.ts';
import { authorizeSchema, decisionsSchema, playSchema, preauthorizeSchema } from './schemas.ts';

/** What the viewer may watch (flows F6, F7). */
export function addDecisions(app: Http, gateway: Gateway): void {
  const { onRequest, security } = needs(gateway, 'tv');

  app.post(
    '/v1/preauthorize',
    {
      onRequest,
      schema: {
        tags: ['tv'],
        operationId: 'preauthorize',
        summary: 'What may probably be watched: for filtering, never for playback',
        description:
          'Each resource is answered once, in the order asked. `no_decision` is no denial: Adobe said nothing, and authorize decides.',
        security,
        headers: tvHeadersSchema,
        body: preauthorizeSchema,
        response: { 200: decisionsSchema, ...problems },
      },
    },
    async (request) => {
      await checkGrant(gateway, request);
      const device = deviceOf(gateway, bearerOf(request).client, request);
      const decisions = await device.preauthorize(request.body.resources);
      return {
        decisions: decisions.map(({ resource, authorized, source, error }) => ({
          resource,
          authorized,
          ...(source === undefined ? {} : { source }),
          ...(error === undefined ? {} : { error }),
        })),
      };
    },
  );

  app.post(
    '/v1/authorize',
    {
      onRequest,
      schema: {
        tags: ['tv'],
        operationId: 'authorize',
        summary: 'The decision before a play, with a media token for this one play',
        description:
          'Asked anew before every play. A denial is an answer too: show its `message`. A sign-in of type `appleSSO` needs the header AP-Partner-Framework-Status.',
        security,
        headers: tvHeadersSchema,
        body: authorizeSchema,
        response: { 200: playSchema, ...problems },
      },
    },
    async (request) => {
      await checkGrant(gateway, request);
      const device = deviceOf(gateway, bearerOf(request).client, request);
      const play = await device.authorize(request.body.resource);
      if (play.status === 'denied') return play;
      return { ...play, mediaToken: mediaTokenOf(play.mediaToken) };
    },
  );
}
