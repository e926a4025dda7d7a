import { z } from 'zod';
import type { Gateway, Http } from './context.ts';

const READY_FOR_MS = 2_000;

/** `/healthz`: this process lives. `/readyz`: it can do its work, which needs Temporal. */
export function addHealth(app: Http, { ready, stopping }: Gateway): void {
  const schema = { tags: ['health'], response: { '2xx': z.object({ status: z.string() }) } };
  let known: { at: number; ready: boolean } | undefined;

  app.get('/healthz', { schema }, async () => ({ status: 'alive' }));

  app.get('/readyz', { schema: { tags: ['health'] } }, async (_request, reply) => {
    reply.header('cache-control', 'no-store');
    if (stopping.aborted) return reply.code(503).send({ status: 'stopping' });
    if (!known || Date.now() - known.at > READY_FOR_MS) {
      const isReady = await ready().then(
        () => true,
        () => false,
      );
      known = { at: Date.now(), ready: isReady };
    }
    if (known.ready) return { status: 'ready' };
    return reply.code(503).send({ status: 'Temporal can not be reached' });
  });
}
