import { PassThrough } from 'node:stream';
import { z } from 'zod';
import type { Standing } from '../../client.ts';
import type { Client } from '../clients.ts';
import type { Gateway, Http } from '../context.ts';
import { deviceOf } from '../devices.ts';
import { loggable } from '../request-log.ts';
import { deviceAuthorization } from '../oauth/device-authorization.ts';
import { bearerOf, needs } from './bearer.ts';
import { problems } from './problem.ts';
import { sessionOf } from './session-of.ts';

/** Proxies end connections on which nothing happens, often after 60 s. */
const HEARTBEAT_MS = 20_000;

/**
 * Changes as they come, as server-sent events: `code` with a whole new device authorization,
 * `signed-in`, `signed-out`. A TV that listens need not poll until `signed-in` tells it to.
 */
export function addEvents(app: Http, gateway: Gateway): void {
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
      const { client } = bearerOf(request);
      const device = deviceOf(gateway, client, request);
      const gone = new AbortController();
      reply.raw.once('close', () => gone.abort());
      const signal = AbortSignal.any([gone.signal, gateway.stopping]);
      const standings = gateway.standings.follow(
        client.device,
        () => device,
        signal,
        request.query.until,
      );
      // The first answer decides between a stream and a problem.
      const first = await standings.next();
      const stream = new PassThrough();
      const heartbeat = setInterval(() => stream.write(': \n\n'), HEARTBEAT_MS);
      stream.once('close', () => clearInterval(heartbeat));
      const written = (async () => {
        stream.write('retry: 2000\n\n');
        if (!first.done) stream.write(await eventOf(gateway, client, first.value));
        for await (const standing of standings) {
          stream.write(await eventOf(gateway, client, standing));
        }
      })();
      // However it ends: the TV connects again, here or at another gateway.
      written
        .catch((error: Error) =>
          request.log.warn({ err: loggable(error) }, 'a stream of events broke'),
        )
        .finally(() => stream.end());
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

async function eventOf(gateway: Gateway, client: Client, standing: Standing): Promise<string> {
  const [name, data] =
    standing.status === 'pending'
      ? ['code', await deviceAuthorization(gateway, client, standing)]
      : [standing.status, sessionOf(standing)];
  return `event: ${name}\nid: ${standing.generation}\ndata: ${JSON.stringify(data)}\n\n`;
}
