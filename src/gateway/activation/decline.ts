import { z } from 'zod';
import { DevicePassError, plainCode } from '../../client.ts';
import type { Http } from '../context.ts';
import { HTML, type Pages } from './context.ts';
import { problemPage } from './views/problem.ts';
import { declinedPage, disownedPage } from './views/result.ts';

const text = z.string().max(200).catch('');

/** A viewer says no: to what asks, or to a sign-in that is none of theirs (RFC 10027). */
export function addDecline(app: Http, pages: Pages): void {
  const { gateway, codes, confirmed, callerOf, lookFor, fromOurForm } = pages;

  app.post(
    '/activate/decline',
    { ...fromOurForm, schema: { hide: true, body: z.object({ user_code: text }) } },
    async (request, reply) => {
      const { user_code: code } = request.body;
      if (plainCode(code) === '') return reply.redirect('/activate', 303);
      const isTold = await codes.decline(code, callerOf(request, reply), request.log);
      confirmed.forget(reply);
      return reply.type(HTML).send(declinedPage(lookFor(request), { isTold }));
    },
  );

  app.post(
    '/return/not-me',
    {
      ...fromOurForm,
      schema: {
        hide: true,
        body: z.object({ device: z.string().max(2_000), generation: z.coerce.number().int() }),
      },
    },
    async (request, reply) => {
      const { device, generation } = request.body;
      const login = await gateway.pass.returnedLogin(device);
      const look = lookFor(request);
      reply.type(HTML);
      try {
        await login.disown(generation);
      } catch (error) {
        if (!(error instanceof DevicePassError) || error.code !== 'not_signed_in') throw error;
        const { signedOut: title, signedOutLead: lead } = look.texts.result;
        return reply.code(409).send(problemPage(look, { title, lead }));
      }
      request.log.warn({ device: login.workflowId }, 'a viewer disowned a sign-in');
      return disownedPage(look);
    },
  );
}
