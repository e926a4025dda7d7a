import type { Http } from './context.ts';

/**
 * One line a request: method, route, status, time. Never the address as it was sent (codes, handles
 * and viewers are in it), a header or a body. Answers to polls are the many, so they say it at debug.
 */
export function logRequests(app: Http): void {
  app.addHook('onResponse', async (request, reply) => {
    const { method, routeOptions, log } = request;
    const { statusCode: status, elapsedTime } = reply;
    const line = { method, route: routeOptions.url ?? 'none', status, ms: Math.round(elapsedTime) };
    if (status >= 500) log.warn(line, 'answered');
    else if (routeOptions.url === '/oauth/token' || status === 404) log.debug(line, 'answered');
    else log.info(line, 'answered');
  });
}

/** What a failure may leave in a log. Its other properties may hold what was sent: a URL, a value. */
export function loggable(error: Error & { code?: unknown; trace?: unknown }): object {
  const { name: type, message, stack, code, trace } = error;
  return { type, message, stack, code, trace };
}
