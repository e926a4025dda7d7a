import { z } from 'zod';
import type { Gateway, Http } from './context.ts';

const READY_FOR_MS = 2_000;

const statusSchema = z.object({ status: z.string() }).meta({ id: 'Status' });

/**
 * `/healthz`: this process lives. `/readyz`: it can do its work, which needs Temporal, and is not
 * about to stop.
 */
export function addHealth(app: Http, { ready, draining }: Gateway): void {
  // For whoever runs the gateway, not for apps: no part of the API.
  const hide = true;
  let known: { at: number; ready: boolean } | undefined;

  app.get('/healthz', { schema: { hide, response: { 200: statusSchema } } }, async () => ({
    status: 'alive',
  }));

  app.get(
    '/readyz',
    {
      schema: {
        hide,
        response: { 200: statusSchema, 503: statusSchema },
      },
    },
    async (_request, reply) => {
      if (draining.aborted) return reply.code(503).send({ status: 'stopping' });
      if (!known || Date.now() - known.at > READY_FOR_MS) {
        const isReady = await ready().then(
          () => true,
          () => false,
        );
        known = { at: Date.now(), ready: isReady };
      }
      if (known.ready) return { status: 'ready' };
      return reply.code(503).send({ status: 'Temporal can not be reached' });
    },
  );
}
