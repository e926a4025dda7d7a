import { z } from 'zod';
import { plainCode } from '../../client.ts';
import { isPossible } from '../codes.ts';
import type { Http } from '../context.ts';
import { HTML, type Pages } from './context.ts';
import { codePage } from './views/code.ts';

const typed = z.string().max(60).catch('');

/** The first page: a code is typed, or one that came with a QR code is confirmed. */
export function addEnterCode(app: Http, pages: Pages): void {
  const { codes, confirmed, callerOf, lookFor, fromOurForm } = pages;
  app.get(
    '/activate',
    { schema: { hide: true, querystring: z.object({ user_code: typed }) } },
    async (request, reply) => {
      const { user_code: code } = request.query;
      confirmed.forget(reply);
      const csrf = reply.generateCsrf();
      // A link with what can be no code asks nothing.
      const view = isPossible(code) ? { csrf, code, scanned: true } : { csrf };
      return reply.type(HTML).send(codePage(lookFor(request), view));
    },
  );
  // As some TVs and people write the address.
  app.get('/activate/', { schema: { hide: true } }, async ({ url }, reply) =>
    reply.redirect(url.replace('/activate/', '/activate'), 308),
  );

  app.post(
    '/activate',
    { ...fromOurForm, schema: { hide: true, body: z.object({ user_code: typed }) } },
    async (request, reply) => {
      const { user_code: code } = request.body;
      if (plainCode(code) === '') {
        const view = { csrf: reply.generateCsrf(), wrong: 'missing' } as const;
        return reply
          .code(400)
          .type(HTML)
          .send(codePage(lookFor(request), view));
      }
      const checked = await codes.check(code, callerOf(request, reply));
      confirmed.remember(reply, checked.code);
      return reply.redirect('/activate/provider', 303);
    },
  );
}
