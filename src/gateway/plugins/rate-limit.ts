import rateLimit from '@fastify/rate-limit';
import { neighbourhood } from '../addresses.ts';
import { Busy } from '../busy.ts';
import type { Http } from '../context.ts';

/**
 * Requests a minute and address, whatever they ask for and however they end: it counts before any
 * route looks at its tokens. Health checks go on.
 */
export async function addRateLimit(app: Http, perMinute: number): Promise<void> {
  await app.register(rateLimit, {
    // By itself it would come behind the hooks of each route.
    global: false,
    max: perMinute,
    timeWindow: 60_000,
    cache: 50_000,
    keyGenerator: ({ address }) => neighbourhood(address.ip),
    allowList: ({ routeOptions }) => /^\/(healthz|readyz)$/.test(routeOptions.url ?? ''),
    errorResponseBuilder: (_request, { ttl }) => new Busy(429, Math.max(1, Math.ceil(ttl / 1000))),
  });
  app.addHook('onRequest', app.rateLimit());
}
