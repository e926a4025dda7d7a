import cors from '@fastify/cors';
import { BROWSER_HEADER } from '../browsers.ts';
import type { Http } from '../context.ts';
import { FACTS_HEADER, STATUS_HEADER, SUBSCRIBER_HEADER, TOKEN_HEADERS } from '../devices.ts';

/** What apps call. Never the pages: their forms and cookies are for our own origin alone. */
const FOR_APPS = /^\/(oauth|v1|\.well-known)\//;

/** What libraries send that read event streams with a header of ours, when they connect again too. */
const OF_STREAMS = ['accept', 'cache-control', 'last-event-id', 'pragma', 'x-requested-with'];

/**
 * Lets HTML5 apps of other origins call. Without credentials mode, for nothing that apps call looks
 * at cookies. Register it before whatever refuses requests: apps must be able to read a refusal.
 */
export async function addCors(app: Http, origins: readonly string[]): Promise<void> {
  if (origins.length === 0) return;
  const forApps = {
    origin: [...origins],
    methods: ['GET', 'POST'],
    allowedHeaders: [
      'authorization',
      'content-type',
      'if-none-match',
      FACTS_HEADER,
      STATUS_HEADER,
      ...Object.values(TOKEN_HEADERS),
      SUBSCRIBER_HEADER,
      BROWSER_HEADER,
      ...OF_STREAMS,
    ],
    exposedHeaders: ['etag', 'retry-after', 'www-authenticate'],
    maxAge: 600,
    // Preflights count as requests too, so they go on to the limits.
    preflightContinue: true,
    strictPreflight: false,
  };
  await app.register(cors, {
    delegator: ({ url }, done) => done(null, FOR_APPS.test(url) ? forApps : { origin: false }),
  });
  app.addHook('onSend', async ({ url }, reply) => {
    if (FOR_APPS.test(url)) reply.header('cross-origin-resource-policy', 'cross-origin');
  });
}
