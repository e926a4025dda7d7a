import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Bearer } from '../access-tokens.ts';
import type { Gateway, Http } from '../context.ts';
import { bearerOf, checkGrant, needs } from './bearer.ts';
import { secondsUntil } from './moments.ts';
import { Problem, problems } from './problem.ts';

/** Where a stream's address holds its token. */
export const STREAM_TOKEN = 'stream_token';

const contentSchema = z.object({
  client: z.string(),
  grant: z.number().optional(),
  /** ms since the epoch: the end of the access token that asked. */
  exp: z.number(),
});

const answerSchema = z
  .object({
    url: z.url().meta({ description: 'For `new EventSource(url)`: keep it out of logs' }),
    expiresIn: z.number().int().min(0).meta({ description: 'Seconds, also for connecting again' }),
  })
  .meta({
    id: 'EventStream',
    description: 'The address of a stream, with its own right to be read',
  });

/**
 * A browser's own EventSource sends no header, and an access token must never stand in an address. So
 * a TV may ask for an address that is good for its stream of events and for nothing else, until the
 * access token ends that it asked with: EventSource connects again by itself meanwhile.
 */
export function addStreamTokens(app: Http, gateway: Gateway): void {
  const { onRequest, security } = needs(gateway, 'device', 'tv');
  app.post(
    '/v1/events/token',
    {
      onRequest,
      schema: {
        tags: ['tv'],
        operationId: 'openStream',
        summary: 'An address of the stream for an EventSource that sends no headers',
        description:
          'Good for the events of this TV only, until the access token ends. Whoever can send a header needs none. Without a body.',
        security,
        response: { 200: answerSchema, ...problems },
      },
    },
    async (request) => {
      await checkGrant(gateway, request);
      const { client, grant, expiresAt: exp } = bearerOf(request);
      const content = { client: client.id, exp, ...(grant === undefined ? {} : { grant }) };
      const token = await gateway.signed.sign('stream', content);
      const url = new URL('/v1/events', gateway.settings.issuer);
      url.searchParams.set(STREAM_TOKEN, token);
      return { url: url.href, expiresIn: secondsUntil(exp) };
    },
  );
}

/** Lets in who has an access token, or the address of a stream, and says so in `/openapi.json`. */
export function needsStream(gateway: Gateway) {
  const { onRequest, security } = needs(gateway, 'device', 'tv');
  return {
    security: [...security, { stream: [] }],
    onRequest: async (request: FastifyRequest): Promise<void> => {
      const { [STREAM_TOKEN]: token } = request.query as Record<string, unknown>;
      if (request.headers.authorization !== undefined || token === undefined) {
        return onRequest(request);
      }
      request.bearer = await read(gateway, token);
    },
  };
}

/** @throws Problem 401 `invalid_token` */
async function read({ signed, clients }: Gateway, token: unknown): Promise<Bearer> {
  const content =
    typeof token === 'string' ? await signed.read('stream', contentSchema, token) : undefined;
  const client =
    content && content.exp > Date.now() ? await clients.find(content.client) : undefined;
  if (!content || !client) {
    throw new Problem(401, 'invalid_token', 'this address has ended: ask for another one', {
      action: 'authentication',
      challenge: 'error="invalid_token"',
    });
  }
  const { exp: expiresAt, grant } = content;
  return { client, scopes: [], expiresAt, ...(grant === undefined ? {} : { grant }) };
}
