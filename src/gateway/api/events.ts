import { PassThrough } from 'node:stream';
import { z } from 'zod';
import type { Standing } from '../../client.ts';
import { ACCESS_TOKEN_LIFE_S, type Bearer } from '../access-tokens.ts';
import type { Client } from '../clients.ts';
import type { Gateway, Http } from '../context.ts';
import { deviceOf } from '../devices.ts';
import { loggable } from '../request-log.ts';
import { deviceAuthorization } from '../oauth/device-authorization.ts';
import { currentGrant } from '../viewers.ts';
import { bearerOf, revoked } from './bearer.ts';
import { type Block, eventBlock, HEARTBEAT, RETRY } from './event-blocks.ts';
import { problems } from './problem.ts';
import { eventSchema } from './schemas.ts';
import { questionOf, sessionOf } from './session-of.ts';
import { addStreamTokens, needsStream, STREAM_TOKEN } from './stream-tokens.ts';
import { Streams } from './streams.ts';

/**
 * Changes as they come, as server-sent events: `code` with a whole new device authorization,
 * `signed-in`, `signed-out`. A TV that listens need not poll until `signed-in` tells it to. A stream
 * ends with its access token; the next one begins with where the TV stands, so nothing is missed.
 */
export function addEvents(app: Http, gateway: Gateway): void {
  const streams = new Streams(gateway.stopping);
  const { onRequest, security } = needsStream(gateway);
  addStreamTokens(app, gateway);
  app.get(
    '/v1/events',
    {
      onRequest,
      schema: {
        tags: ['tv'],
        operationId: 'streamEvents',
        summary: 'Changes as server-sent events: code, signed-in, signed-out',
        description: STREAM,
        security,
        produces: ['text/event-stream'],
        querystring: z.object({
          until: z
            .literal('signed-in')
            .optional()
            .meta({ description: 'The stream ends with the sign-in, or before it with its token' }),
          [STREAM_TOKEN]: z
            .string()
            .max(12_000)
            .optional()
            .meta({ description: 'Of /v1/events/token, where no header can be sent' }),
          lastEventId: z.string().max(100).optional().meta({
            description: 'As the header Last-Event-ID, for libraries that can not send it',
          }),
        }),
        headers: z.looseObject({
          'last-event-id': z.string().optional().meta({
            description:
              'The id of the last event that arrived: what it told is not repeated. Anything else is ignored.',
          }),
        }),
        response: { 200: eventSchema, ...problems },
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
        stream.write(HEARTBEAT);
        // A TV that was blocked meanwhile hears no more.
        void gateway.clients.find(client.id).then((known) => known ?? end(), end);
      }, gateway.heartbeatMs);
      stream.once('close', () => clearInterval(heartbeat));
      const { until, lastEventId = request.headers['last-event-id'] } = request.query;
      let lead = RETRY;
      const shown = new Set<string>();
      const tell = async (standing: Standing) => {
        for (const { id, text } of await eventsOf(gateway, client, standing)) {
          // Whoever waits for the sign-in only has to hear of it, or would connect again for ever.
          const isKnown = shown.has(id) || (id === lastEventId && standing.status !== until);
          stream.write(isKnown ? HEARTBEAT : lead + text);
          if (!isKnown) lead = '';
          if (standing.status === 'pending') shown.add(id);
        }
        if (isOver(bearer, standing)) end();
      };
      const written = (async () => {
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
          // What it is made of has a schema; Fastify sends a stream as it is.
          .send(stream as never)
      );
    },
  );
}

const STREAM = `A stream of events, each as the schema says. The first tells where the TV stands; the others come
with each change: \`code\` with a whole new device authorization, \`signed-in\`, \`signed-out\`, and \`confirm\`
when a phone far away opened the code (answer by \`/v1/activation-request/confirm\`). After
\`signed-in\` get tokens with the device code of the last \`code\`. A comment every 20 s shows that the
stream lives: after 45 s of silence connect again. With \`Last-Event-ID\` what is known already is not
told again. It ends with the access token that opened it (${ACCESS_TOKEN_LIFE_S} s at most), with \`until=signed-in\`
too: get another token and connect again; \`retry: 2000\` says how long to wait. Nothing is missed meanwhile.`;

/** A viewer's token is good for nothing once its grant has ended; the last event says why. */
function isOver({ grant }: Bearer, standing: Standing): boolean {
  if (grant === undefined) return false;
  return standing.status !== 'signed-in' || (standing.grant ?? 0) !== grant;
}

/** A code, and what the TV has to ask about it; or the one thing that the TV has to know. */
async function eventsOf(gateway: Gateway, client: Client, standing: Standing): Promise<Block[]> {
  const { generation, status } = standing;
  if (status !== 'pending') return [eventBlock(status, generation, sessionOf(standing))];
  const code = eventBlock('code', generation, await deviceAuthorization(gateway, client, standing));
  const question = questionOf(standing);
  return question ? [code, eventBlock('confirm', generation, question)] : [code];
}
