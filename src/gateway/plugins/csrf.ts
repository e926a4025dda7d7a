import cookie from '@fastify/cookie';
import csrf from '@fastify/csrf-protection';
import type { FastifyRequest } from 'fastify';
import type { Http } from '../context.ts';
import { Problem } from '../api/problem.ts';

/**
 * For pages with forms: a token in a cookie and in each form (`reply.generateCsrf()`,
 * `onRequest`/`preHandler: app.csrfProtection`).
 */
export async function addCsrf(app: Http, issuer: string): Promise<void> {
  const secure = issuer.startsWith('https:');
  await app.register(cookie);
  await app.register(csrf, {
    cookieKey: secure ? '__Host-csrf' : 'csrf',
    cookieOpts: { path: '/', httpOnly: true, sameSite: 'strict', secure },
  });
}

/** The same question asked of the browser: did one of our own pages send this? */
export function sameOrigin(issuer: string) {
  return async ({ headers }: FastifyRequest): Promise<void> => {
    const site = headers['sec-fetch-site'];
    const foreign =
      (headers.origin !== undefined && headers.origin !== issuer) ||
      (site !== undefined && site !== 'same-origin');
    if (foreign) throw new Problem(403, 'cross_site', 'this form was sent by another site');
  };
}
