import { PassThrough } from 'node:stream';
import { z } from 'zod';
import type { Standing } from '../../client.ts';
import type { Bearer } from '../access-tokens.ts';
import type { Client } from '../clients.ts';
import type { Gateway, Http } from '../context.ts';
import { deviceOf } from '../devices.ts';
import { loggable } from '../request-log.ts';
import { deviceAuthorization } from '../oauth/device-authorization.ts';
import { currentGrant } from '../viewers.ts';
import { bearerOf, needs, revoked } from './bearer.ts';
import { problems } from './problem.ts';
import { sessionOf } from './session-of.ts';
import { Streams } from './streams.ts';

/**
 * Changes as they come, as server-sent events: `code` with a whole new device authorization,
 * `signed-in`, `signed-out`. A TV that listens need not poll until `signed-in` tells it to. A stream
 * ends with its access token; the next one begins with where the TV stands, so nothing is missed.
 */
export function addEvents(app: Http, gateway: Gateway): void {
  const streams = new Streams(gateway.stopping);
  app.get(
    '/v1/events',
    {
      onRequest: needs(gateway, 'device', 'tv'),
      schema: {
        tags: ['tv'],
        summary: 'Changes as server-sent events: code, signed-in, signed-out',
        security: [{ bearer: [] }],
        produces: ['text/event-stream'],
        querystring: z.object({
          until: z
            .literal('signed-in')
            .optional()
            .meta({ description: 'The stream ends with the sign-in' }),
        }),
        response: { 200: z.unknown(), ...problems },
      },
    },
    async (request, reply) => {
      const bearer = bearerOf(request);
      const { client, grant } = bearer;
      if (grant !== undefined) {
        const now = await currentGrant(gateway, client, request);
        if (!now?.signedIn || now.grant !== grant) throw revoked();
      }
      const device = deviceOf(gateway, client, request);
      const { signal, end } = streams.begin(client.device, bearer.expiresAt);
      reply.raw.once('close', end);
      if (reply.raw.closed) end();
      const standings = gateway.standings.follow(
        client.device,
        () => device,
        signal,
        request.query.until,
      );
      // The first answer decides between a stream and a problem.
      const first = await standings.next();
      const stream = new PassThrough();
      const heartbeat = setInterval(() => {
        stream.write(': \n\n');
        // A TV that was blocked meanwhile hears no more.
        void gateway.clients.find(client.id).then((known) => known ?? end(), end);
      }, gateway.heartbeatMs);
      stream.once('close', () => clearInterval(heartbeat));
      const tell = async (standing: Standing) => {
        stream.write(await eventOf(gateway, client, standing));
        if (isOver(bearer, standing)) end();
      };
      const written = (async () => {
        stream.write('retry: 2000\n\n');
        if (!first.done) await tell(first.value);
        for await (const standing of standings) await tell(standing);
      })();
      // However it ends: the TV connects again, here or at another gateway.
      written
        .catch((error: Error) =>
          request.log.warn({ err: loggable(error) }, 'a stream of events broke'),
        )
        .finally(() => {
          end();
          stream.end();
        });
      return (
        reply
          .header('content-type', 'text/event-stream')
          .header('x-accel-buffering', 'no')
          // A stream has its connection to itself: it ends with the stream, and never holds up a stop.
          .header('connection', 'close')
          .send(stream)
      );
    },
  );
}

/** A viewer's token is good for nothing once its grant has ended; the last event says why. */
function isOver({ grant }: Bearer, standing: Standing): boolean {
  if (grant === undefined) return false;
  return standing.status !== 'signed-in' || (standing.grant ?? 0) !== grant;
}

async function eventOf(gateway: Gateway, client: Client, standing: Standing): Promise<string> {
  const [name, data] =
    standing.status === 'pending'
      ? ['code', await deviceAuthorization(gateway, client, standing)]
      : [standing.status, sessionOf(standing)];
  return `event: ${name}\nid: ${standing.generation}\ndata: ${JSON.stringify(data)}\n\n`;
}
