import { randomBytes } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { redirect } from './call.ts';
import type { Answer } from './call.ts';
import { mvpds } from './catalog.ts';
import type { Mvpd } from './catalog.ts';
import { page } from './html.ts';
import { loginPage, logo } from './login-page.ts';
import { send } from './send.ts';
import type { State } from './state.ts';

const params = z.object({ mvpd: z.string() });

/** The MVPDs' own web site: sign-in, sign-out and logos. Adobe's part is in `adobe-services`. */
export function serveMvpdSite(app: FastifyInstance, state: State): void {
  app.get('/mvpd/:mvpd/logo.svg', async (request, reply) => {
    const mvpd = mvpds.get(params.parse(request.params).mvpd);
    if (mvpd === undefined) return send(reply, notFound);
    return reply.type('image/svg+xml').send(logo(mvpd));
  });
  app.get('/mvpd/:mvpd/login', async (request, reply) => {
    const mvpd = mvpds.get(params.parse(request.params).mvpd);
    const relay = new URL(request.url, 'http://sandbox').searchParams.get('RelayState') ?? '';
    if (mvpd === undefined) return send(reply, notFound);
    return send(reply, { status: 200, html: loginPage(mvpd, relay) });
  });
  app.post('/mvpd/:mvpd/login', async (request, reply) => {
    const mvpd = mvpds.get(params.parse(request.params).mvpd);
    const form = new URLSearchParams(typeof request.body === 'string' ? request.body : '');
    return send(reply, mvpd === undefined ? notFound : signIn(mvpd, form, state));
  });
  app.get('/mvpd/:mvpd/logout', async (request, reply) => {
    const ticket = new URL(request.url, 'http://sandbox').searchParams.get('ticket') ?? '';
    const logout = state.logouts.get(ticket);
    if (logout === undefined) return send(reply, notFound);
    state.logouts.delete(ticket);
    return send(reply, redirect(logout.redirectUrl));
  });
}

const notFound: Answer = { status: 404, html: page('Not found', '<h1>Not found</h1>') };

/** Checks what the viewer typed, and sends the browser back to Adobe with the result. */
function signIn(mvpd: Mvpd, form: URLSearchParams, state: State): Answer {
  const relay = form.get('RelayState') ?? '';
  const username = form.get('username')?.trim() ?? '';
  const problem = problemOf(username, form.get('password') ?? '');
  if (problem !== undefined) {
    return { status: 200, html: loginPage(mvpd, relay, username, problem) };
  }
  const assertion = randomBytes(24).toString('base64url');
  state.assertions.set(assertion, { relay, mvpd: mvpd.id, username });
  const query = new URLSearchParams({ SAMLart: assertion, RelayState: relay });
  return redirect(`/adobe-services/assertion-consumer?${query.toString()}`);
}

function problemOf(username: string, password: string): string | undefined {
  if (username === '' || password === '') return 'Enter your username and password.';
  return username === 'denied' ? 'This username and password do not match an account.' : undefined;
}
