import type { Gateway, Http } from '../context.ts';
import { deviceOf } from '../devices.ts';
import { bearerOf, checkGrant, needs } from './bearer.ts';
import { problems } from './problem.ts';
import { confirmSchema, sessionSchema } from './schemas.ts';
import { sessionOf } from './session-of.ts';

/** The TV's answer to the event `confirm`: request-initiation verification of RFC 10027. */
export function addConfirm(app: Http, gateway: Gateway): void {
  const { onRequest, security } = needs(gateway, 'device', 'tv');

  app.post(
    '/v1/activation-request/confirm',
    {
      onRequest,
      schema: {
        tags: ['tv'],
        operationId: 'confirmActivation',
        summary: 'Whether the phone that opened the code is the viewer’s',
        description:
          'After the event `confirm`, or `confirmation` of /v1/session. Yes lets the phone go on by itself; no ends the code: ask for a new one.',
        security,
        body: confirmSchema,
        response: { 200: sessionSchema, ...problems },
      },
    },
    async (request) => {
      await checkGrant(gateway, request);
      const { client } = bearerOf(request);
      const standing = await deviceOf(gateway, client, request).confirm(request.body);
      gateway.standings.doubt(client.device);
      return sessionOf(standing);
    },
  );
}
