import fastify from 'fastify';
import formbody from '@fastify/formbody';
import type { DevicePass } from '../../client.ts';
import { PHONE_APP } from './apps.ts';

/** The two pages that a viewer's phone needs in the demo. */
export interface ReturnPage {
  url: string;
  /** Where the viewer chooses a provider for a code. */
  chooseUrl: (code: string) => string;
  /** When a browser last reached the return page, ms since the epoch. */
  returnedAt: () => number | undefined;
  serve: (pass: DevicePass) => void;
  stop: () => Promise<void>;
}

/** Serves the provider picker, and the page where a login ends. */
export async function startPhonePages(host: string): Promise<ReturnPage> {
  let pass: DevicePass | undefined;
  let returnedAt: number | undefined;
  const server = fastify();
  await server.register(formbody);

  server.get<{ Querystring: { code?: string } }>('/', async (request, reply) => {
    reply.type('text/html');
    const code = request.query.code ?? '';
    const phone = pass?.secondScreen(code, { app: PHONE_APP, ip: request.ip });
    const checked = await phone?.check();
    if (!phone || checked?.status !== 'known') {
      return page(
        'Which code is on your TV?',
        `<p>${checked?.status === 'unknown' ? checked.message : ''}</p>${CODE_FORM}`,
      );
    }
    const choices = (await phone.providers()).map(
      ({ id, displayName, logoUrl }) => `<form method="post" action="/choose">
        <input type="hidden" name="code" value="${escape(code)}">
        <input type="hidden" name="logoUrl" value="${escape(logoUrl ?? '')}">
        <input type="hidden" name="displayName" value="${escape(displayName)}">
        <button name="mvpd" value="${escape(id)}">${escape(displayName)}</button></form>`,
    );
    return page('Who is your TV provider?', choices.join(''));
  });

  server.post<{ Body: { code: string; mvpd: string; displayName: string; logoUrl: string } }>(
    '/choose',
    async (request, reply) => {
      const { code, mvpd, displayName, logoUrl } = request.body;
      const phone = pass?.secondScreen(code, { app: PHONE_APP, ip: request.ip });
      const standing = await phone?.choose({ id: mvpd, displayName, logoUrl });
      const url = standing?.status === 'pending' ? standing.url : undefined;
      return reply.redirect(url ?? '/', 303);
    },
  );

  server.get('/return', async (request, reply) => {
    returnedAt ??= Date.now();
    await pass?.browserReturned(`http://${host}${request.url}`);
    return reply
      .type('text/html')
      .send(page('You can go back to your TV', '<p>This page may be closed.</p>'));
  });

  const url = await server.listen({ host, port: 0 });
  return {
    url,
    chooseUrl: (code) => `${url}/?code=${code}`,
    returnedAt: () => returnedAt,
    serve: (connected) => {
      pass = connected;
    },
    stop: () => server.close(),
  };
}

const CODE_FORM = `<form><label>Code <input name="code" autofocus autocapitalize="characters"></label>
  <button>Continue</button></form>`;

function page(title: string, body: string): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title>
<style>:root{color-scheme:light dark;font:1.1rem/1.5 system-ui,sans-serif}body{max-width:24rem;margin:3rem auto;padding:0 1rem}
button,input{font:inherit;padding:.7rem 1rem;border-radius:.5rem;border:1px solid;width:100%;box-sizing:border-box;margin:.3rem 0}</style>
<h1>${title}</h1>${body}</html>`;
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
