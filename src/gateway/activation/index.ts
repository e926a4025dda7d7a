import type { Gateway, Http } from '../context.ts';
import { languageFor } from '../languages/index.ts';
import { addCsrf, sameOrigin } from '../plugins/csrf.ts';
import { Codes } from '../codes.ts';
import { addAssets } from './assets.ts';
import { BrowserName } from './browser-name.ts';
import { ConfirmedCode } from './confirmed-code.ts';
import type { Pages } from './context.ts';
import { addDecline } from './decline.ts';
import { addEnterCode } from './enter-code.ts';
import { showProblem } from './problems.ts';
import { addProviders } from './providers.ts';
import { addReturn } from './return.ts';
import { problemPage } from './views/problem.ts';

export { RETURN_PATH } from './return.ts';

/**
 * Pages for viewers: `/activate` (code, provider, the provider's own page) and `/return`, where a
 * login ends. They need no script; with it time runs, the search filters as you type, and the end of
 * the way shows by itself.
 */
export async function addActivationPages(app: Http, gateway: Gateway): Promise<void> {
  const { issuer, brand } = gateway.settings;
  await app.register(async (scope) => {
    await addCsrf(scope, issuer);
    scope.addHook('onRequest', async (_request, reply) => {
      reply.header('cache-control', 'no-store');
      // With `no-referrer` browsers send forms with `Origin: null`, and ours would not be known.
      reply.header('referrer-policy', 'same-origin');
    });
    const http: Http = scope.withTypeProvider();
    const assets = addAssets(http, brand);
    const browsers = new BrowserName(issuer);
    const pages: Pages = {
      gateway,
      codes: new Codes(gateway),
      confirmed: new ConfirmedCode(issuer),
      callerOf: (request, reply) => browsers.callerOf(request, reply),
      lookFor: ({ headers }) => ({
        ...assets,
        brand,
        texts: languageFor(headers['accept-language']),
      }),
      fromOurForm: {
        onRequest: sameOrigin(issuer),
        // Before validation, which drops what the schemas do not name.
        preValidation: (request, reply, done) => http.csrfProtection(request, reply, done),
      },
    };
    http.setErrorHandler(showProblem(pages));

    http.get('/', { schema: { hide: true } }, async (_request, reply) =>
      reply.redirect('/activate', 302),
    );
    addEnterCode(http, pages);
    addProviders(http, pages);
    addReturn(http, pages);
    addDecline(http, pages);
    http.get('/activate/*', { schema: { hide: true } }, async (request, reply) => {
      const look = pages.lookFor(request);
      const { notFound: title, notFoundLead: lead } = look.texts.problem;
      return reply
        .code(404)
        .type('text/html; charset=utf-8')
        .send(problemPage(look, { title, lead }));
    });
  });
}
