import { z } from 'zod';
import { DevicePassError, plainCode } from '../../client.ts';
import { type KnownCode, ProviderRefused } from '../codes.ts';
import type { Http } from '../context.ts';
import { HTML, type Pages } from './context.ts';
import { heldPage, WAITING_PATH } from './views/held.ts';
import { providersPage } from './views/providers.ts';
import { donePage } from './views/result.ts';
import { chosenPage, handOverPage } from './views/sign-in.ts';

const text = z.string().max(200).catch('');

/** The TV by name, its providers, and the way to the chosen provider's own page. */
export function addProviders(app: Http, pages: Pages): void {
  const { codes, confirmed, callerOf, lookFor, fromOurForm } = pages;

  app.get(
    '/activate/provider',
    { schema: { hide: true, querystring: z.object({ search: text, choose: text, gone: text }) } },
    async (request, reply) => {
      const code = confirmed.of(request);
      if (code === undefined) return reply.redirect('/activate', 303);
      const { search, choose, gone } = request.query;
      const checked = await codes.check(code, callerOf(request, reply));
      const csrf = reply.generateCsrf();
      if (checked.isHeld) {
        return reply.type(HTML).send(heldPage(lookFor(request), { csrf, code, checked }));
      }
      const { url, id, name } = chosenBefore(checked);
      const look = lookFor(request);
      reply.type(HTML);
      if (url !== undefined && !choose && !search) {
        const provider = name ?? (await nameOf(checked, id));
        return chosenPage(look, { csrf, code, checked, provider, url: codes.adobeOnly(url) });
      }
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
      const checked = await codes.check(code, callerOf(request, reply));
      if (checked.isHeld) return reply.redirect('/activate/provider', 303);
      const providers = await checked.screen.providers();
      const provider = providers.find(({ id }) => id === mvpd);
      confirmed.remember(reply, checked.code);
      if (!provider) return reply.redirect('/activate/provider?choose=1&gone=1', 303);
      const chosen = await codes.handOver(checked, provider).catch((error: unknown) => {
        if (error instanceof ProviderRefused) return error;
        throw error;
      });
      if (chosen instanceof ProviderRefused) {
        const csrf = reply.generateCsrf();
        const view = { csrf, code: checked.code, checked, providers, search: '' };
        const page = providersPage(lookFor(request), { ...view, refused: chosen.message });
        return reply.code(chosen.status).type(HTML).send(page);
      }
      if (chosen.status === 'go') return reply.redirect('/activate/continue', 303);
      // TempPass, or a provider that is degraded: the choice alone signed the viewer in.
      const done = { provider: provider.displayName };
      return reply.type(HTML).send(donePage(lookFor(request), done));
    },
  );

  // The script of the page that waits asks here; without it the page asks again by itself.
  app.get(
    WAITING_PATH,
    { schema: { hide: true, response: { 200: z.object({ status: z.string() }) } } },
    async (request, reply) => {
      const code = confirmed.of(request);
      const isHeld = code !== undefined && (await codes.isHeld(code, callerOf(request, reply)));
      return { status: isHeld ? 'pending' : 'over' };
    },
  );

  app.get('/activate/continue', { schema: { hide: true } }, async (request, reply) => {
    const code = confirmed.of(request);
    const checked = code && (await codes.check(code, callerOf(request, reply)));
    const url = checked && !checked.isHeld && chosenBefore(checked).url;
    if (!url) return reply.redirect('/activate/provider', 303);
    return reply.type(HTML).send(handOverPage(lookFor(request), codes.adobeOnly(url)));
  });
}

/** The provider that the TV or an earlier page chose. The workflow knows newer things than Adobe's answer. */
function chosenBefore({ known, standing }: KnownCode) {
  if (standing?.status !== 'pending') return { url: known.url, id: known.mvpd };
  return { url: standing.url, id: standing.mvpd?.id, name: standing.mvpd?.displayName };
}

/** As the list calls it. The way goes on without a list too, only without a name. */
async function nameOf(
  { screen }: KnownCode,
  mvpd: string | undefined,
): Promise<string | undefined> {
  if (mvpd === undefined) return undefined;
  try {
    return (await screen.providers()).find(({ id }) => id === mvpd)?.displayName;
  } catch (error) {
    if (error instanceof DevicePassError) return undefined;
    throw error;
  }
}
