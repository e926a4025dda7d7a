import { z } from 'zod';
import { type KnownCode, plainCode } from '../codes.ts';
import type { Http } from '../context.ts';
import { HTML, type Pages } from './context.ts';
import { providersPage } from './views/providers.ts';
import { donePage } from './views/result.ts';
import { chosenPage, handOverPage } from './views/sign-in.ts';

const text = z.string().max(200).catch('');

/** The TV by name, its providers, and the way to the chosen provider's own page. */
export function addProviders(app: Http, pages: Pages): void {
  const { codes, confirmed, lookFor, fromOurForm } = pages;

  app.get(
    '/activate/provider',
    { schema: { hide: true, querystring: z.object({ search: text, choose: text, gone: text }) } },
    async (request, reply) => {
      const code = confirmed.of(request);
      if (code === undefined) return reply.redirect('/activate', 303);
      const { search, choose, gone } = request.query;
      const checked = await codes.check(code, request.address.ip);
      const { url, name: provider } = chosenBefore(checked);
      const look = lookFor(request);
      reply.type(HTML);
      if (url !== undefined && !choose && !search) {
        return chosenPage(look, { code, checked, provider, url: codes.adobeOnly(url) });
      }
      const csrf = reply.generateCsrf();
      const providers = await checked.screen.providers();
      return providersPage(look, { csrf, code, checked, providers, search, gone: gone !== '' });
    },
  );

  app.post(
    '/activate/provider',
    { ...fromOurForm, schema: { hide: true, body: z.object({ user_code: text, mvpd: text }) } },
    async (request, reply) => {
      const { user_code: code, mvpd } = request.body;
      if (plainCode(code) === '') return reply.redirect('/activate', 303);
      const { ip } = request.address;
      const checked = await codes.check(code, ip);
      const provider = (await checked.screen.providers()).find(({ id }) => id === mvpd);
      confirmed.remember(reply, code);
      if (!provider) return reply.redirect('/activate/provider?choose=1&gone=1', 303);
      const chosen = await codes.handOver(checked, provider);
      if (chosen.status === 'go') return reply.redirect('/activate/continue', 303);
      // TempPass, or a provider that is degraded: the choice alone signed the viewer in.
      return reply.type(HTML).send(donePage(lookFor(request), provider.displayName));
    },
  );

  app.get('/activate/continue', { schema: { hide: true } }, async (request, reply) => {
    const code = confirmed.of(request);
    const url = code && chosenBefore(await codes.check(code, request.address.ip)).url;
    if (!url) return reply.redirect('/activate/provider', 303);
    return reply.type(HTML).send(handOverPage(lookFor(request), codes.adobeOnly(url)));
  });
}

/** The provider that the TV or an earlier page chose. The workflow knows newer things than Adobe's answer. */
function chosenBefore({ known, standing }: KnownCode): { url?: string; name?: string } {
  if (standing?.status !== 'pending') return known.url === undefined ? {} : { url: known.url };
  const { url, mvpd } = standing;
  return {
    ...(url === undefined ? {} : { url }),
    ...(mvpd?.displayName === undefined ? {} : { name: mvpd.displayName }),
  };
}
