import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { Refusal, redirect } from './call.ts';
import type { Answer, Call } from './call.ts';
import { escapeHtml, page } from './html.ts';
import { saveProfile } from './profile-store.ts';
import { send } from './send.ts';
import { missingFields } from './session-fields.ts';
import { liveSession } from './session-store.ts';
import type { State } from './state.ts';

/** "Perform authentication in user agent": the browser's way in. Errors are pages. */
export function authenticate(call: Call, state: State): Answer {
  if (call.headers['authorization'] !== undefined || call.headers['x-device-info'] !== undefined) {
    return sorry('This address is for the browser of the viewer, not for a backend.');
  }
  const session = sessionOrUndefined(call, state);
  if (session === undefined) return sorry('This code is unknown or has run out. Get a new code.');
  const missing = missingFields(session);
  if (missing.length > 0) return sorry(`This session still lacks ${missing.join(', ')}.`);
  const relay = randomUUID();
  state.logins.set(relay, session.code);
  const query = new URLSearchParams({
    noflash: 'true',
    mso_id: session.mvpd ?? '',
    requestor_id: session.serviceProvider,
    no_iframe: 'false',
    domain_name: session.domainName ?? '',
    redirect_url: session.redirectUrl ?? '',
    relay,
  });
  return redirect(`/adobe-services/authenticate/saml?${query.toString()}`);
}

/** Adobe's hops of a browser login and logout, before and after the MVPD's pages. */
export function serveAdobeServices(app: FastifyInstance, state: State): void {
  app.get('/adobe-services/authenticate/saml', async (request, reply) =>
    send(reply, toMvpd(queryOf(request.url), state)),
  );
  app.get('/adobe-services/assertion-consumer', async (request, reply) =>
    send(reply, consume(queryOf(request.url), request.headers.cookie ?? '', state)),
  );
  app.get('/adobe-services/logout', async (request, reply) => {
    const ticket = queryOf(request.url).get('ticket') ?? '';
    const logout = state.logouts.get(ticket);
    if (logout === undefined) return send(reply, sorry('This logout has already been done.'));
    return send(reply, redirect(`/mvpd/${logout.mvpd}/logout?ticket=${ticket}`));
  });
}

function toMvpd(query: URLSearchParams, state: State): Answer {
  const relay = query.get('relay') ?? '';
  const session = state.sessions.get(state.logins.get(relay) ?? '');
  if (session?.mvpd === undefined) return sorry('This login has run out. Get a new code.');
  const saml = new URLSearchParams({ SAMLRequest: randomUUID(), RelayState: relay });
  // The consumer asks for this cookie: a login ends in the browser it began in.
  return redirect(`/mvpd/${session.mvpd}/login?${saml.toString()}`, {
    'set-cookie': `login-${relay}=1; Path=/adobe-services; HttpOnly; SameSite=Lax`,
  });
}

/** Saves the profile for the application, device and channel that asked for the code. */
function consume(query: URLSearchParams, cookies: string, state: State): Answer {
  const artifact = query.get('SAMLart') ?? '';
  const assertion = state.assertions.get(artifact);
  state.assertions.delete(artifact);
  if (assertion === undefined) return sorry('This login has already been used.');
  const { relay, mvpd, username } = assertion;
  if (!cookies.split(/;\s*/).includes(`login-${relay}=1`))
    return sorry('Cookies are switched off.');
  const session = state.sessions.get(state.logins.get(relay) ?? '');
  state.logins.delete(relay);
  if (session?.mvpd !== mvpd || session.notAfter <= Date.now()) {
    return sorry('The code has run out meanwhile. Get a new code.');
  }
  saveProfile(state, session, mvpd, username);
  return redirect(session.redirectUrl ?? '/', {
    'set-cookie': `login-${relay}=; Path=/adobe-services; Max-Age=0`,
  });
}

function sessionOrUndefined(call: Call, state: State) {
  try {
    return liveSession(state, call);
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}

function queryOf(url: string): URLSearchParams {
  return new URL(url, 'http://sandbox').searchParams;
}

/** A page for the viewer; the documents give these errors no body contract. */
export function sorry(text: string): Answer {
  return { status: 400, html: page('Sign-in', `<h1>Sorry</h1><p>${escapeHtml(text)}</p>`) };
}
