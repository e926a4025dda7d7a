import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Http } from '../context.ts';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** The address is right and the method is not: each part of the gateway says so in its own form. */
class MethodNotAllowed extends Error {
  override name = 'MethodNotAllowed';
  readonly statusCode = 405;
}

/**
 * Answers other methods at the addresses of a scope with 405 and `Allow`. Call it before the routes,
 * and what it returns after them.
 */
export function watchMethods(app: Http): () => void {
  const served = new Map<string, string[]>();
  app.addHook('onRoute', ({ url, method }) => {
    served.set(url, [...(served.get(url) ?? []), ...[method].flat()]);
  });
  return () => {
    for (const [url, methods] of served) {
      const allowed = methods.join(', ');
      const refuse = async (_request: FastifyRequest, reply: FastifyReply) => {
        reply.header('allow', allowed);
        throw new MethodNotAllowed(`use ${allowed} here`);
      };
      app.route({
        method: METHODS.filter((method) => !methods.includes(method)),
        url,
        schema: { hide: true },
        // Before a body is looked at.
        onRequest: refuse,
        handler: refuse,
      });
    }
  };
}
