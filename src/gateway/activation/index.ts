import { DevicePassError } from '../../client.ts';
import type { Gateway, Http } from '../context.ts';
import { Returned } from '../returned.ts';

/** The page where a login ends at our side (`returnUrl`). */
export const RETURN_PATH = '/return';

/**
 * Pages for viewers. They use `Codes` for codes, `Returned` for nudges, `addCsrf` and `sameOrigin`
 * for forms, and register here, in a scope of their own with HTML errors.
 */
export async function addActivationPages(app: Http, gateway: Gateway): Promise<void> {
  const returned = new Returned(gateway);
  await app.register(async (scope) => {
    scope.addHook('onRequest', async (_request, reply) => {
      reply.header('cache-control', 'no-store');
    });

    scope.get(RETURN_PATH, { schema: { hide: true } }, async (request, reply) => {
      reply.type('text/html; charset=utf-8');
      try {
        await returned.nudge(request.url);
        return 'You can go back to your TV.';
      } catch (error) {
        if (!(error instanceof DevicePassError)) throw error;
        // The poll finds the sign-in without us too: only a strange address is worth a word.
        if (error.code !== 'unknown_handle') return 'You can go back to your TV.';
        return reply.code(404).send('Start again on your TV.');
      }
    });
  });
}
