import underPressure from '@fastify/under-pressure';
import { Busy } from '../busy.ts';
import type { Http } from '../context.ts';

/**
 * Sheds load before answers come too late. For TVs that poll it is a 429 with `slow_down`: a 503
 * ends real OAuth clients.
 */
export async function addUnderPressure(app: Http, maxEventLoopDelayMs = 1_000): Promise<void> {
  await app.register(underPressure, {
    maxEventLoopDelay: maxEventLoopDelayMs,
    pressureHandler: async ({ url }) => {
      if (/^\/(healthz|readyz)/.test(url)) return;
      throw new Busy(/^\/(oauth|\.well-known)\//.test(url) ? 429 : 503, 5);
    },
  });
}
