import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { CONSOLE, consoleAnswer } from './console.ts';
import type { Instance } from './instance.ts';
import { type FarmAnswer, type FarmRequest, requestOf, write } from './request.ts';
import { authorizable, currentUser, login } from './security.ts';

/** Makes the server of one instance. */
export function instanceServer(instance: Instance): FastifyInstance {
  const app = Fastify({ forceCloseConnections: true, exposeHeadRoutes: false });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    '*',
    { parseAs: 'string' },
    async (_request: unknown, body: unknown) => body,
  );
  const handler = async (request: FastifyRequest, reply: FastifyReply) => {
    const seen = requestOf(request);
    instance.requests.push(seen);
    return write(request, reply, await answerTo(instance, seen));
  };
  app.all('/*', handler);
  app.setNotFoundHandler(handler);
  return app;
}

async function answerTo(instance: Instance, request: FarmRequest): Promise<FarmAnswer> {
  const { path, method } = request;
  const fault = instance.faults.take('status', path);
  if (fault) return { status: fault.status ?? 500 };
  if (path.startsWith(CONSOLE)) return consoleAnswer(instance, request);
  if (path.endsWith('/j_security_check') && method === 'POST') return login(instance, request);
  if (path === '/libs/granite/security/currentuser.json') return currentUser(instance, request);
  if (path.startsWith('/home/users/')) return authorizable(instance, request);
  if (path === '/saml/login' && instance.settings.saml) {
    return instance.samlWorks
      ? { status: 302, headers: { location: 'https://idp.example.com/sso' } }
      : { status: 500, text: 'Cannot convert byte data' };
  }
  return { status: 404, text: 'Resource not found' };
}
