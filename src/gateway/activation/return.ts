import { z } from 'zod';
import type { Http } from '../context.ts';
import { Returned } from '../returned.ts';
import { HTML, type Pages } from './context.ts';
import { donePage, notYetPage } from './views/result.ts';
import { problemPage } from './views/problem.ts';

/** The page where a login ends at our side (`returnUrl`). */
export const RETURN_PATH = '/return';
const STATUS_PATH = `${RETURN_PATH}/status`;

/** A browser that arrives proves nothing (a login may be cancelled): the page asks the TV's workflow. */
export function addReturn(app: Http, { gateway, confirmed, lookFor }: Pages): void {
  const returned = new Returned(gateway);
  const { pass, settings } = gateway;
  const standingAt = (url: string) => pass.standingAt(new URL(url, settings.issuer).href);

  app.get(RETURN_PATH, { schema: { hide: true } }, async (request, reply) => {
    const { url } = request;
    const look = lookFor(request);
    const { result } = look.texts;
    reply.type(HTML);
    const code = confirmed.of(request);
    const { standing, url: known } = await returned.settled({ url, ip: request.address.ip, code });
    if (standing.status === 'signed-in') {
      confirmed.forget(reply);
      const disown = {
        csrf: reply.generateCsrf(),
        device: new URL(known).searchParams.get('device') ?? '',
        generation: standing.generation,
      };
      return donePage(look, { provider: standing.profile.mvpd.displayName, disown });
    }
    if (standing.status === 'signed-out') {
      return problemPage(look, { title: result.signedOut, lead: result.signedOutLead });
    }
    // Who opens an old address later must not learn the code that the TV shows by then.
    const { search } = new URL(known);
    const addresses = { url: RETURN_PATH + search, statusUrl: STATUS_PATH + search };
    return notYetPage(look, { ...addresses, ...(code ? { code } : {}) });
  });

  app.get(
    STATUS_PATH,
    { schema: { hide: true, response: { 200: z.object({ status: z.string() }) } } },
    async ({ url }) => {
      const { status } = await standingAt(url);
      return { status };
    },
  );
}
