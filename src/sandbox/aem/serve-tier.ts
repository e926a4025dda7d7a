import { setTimeout as delay } from 'node:timers/promises';
import Fastify from 'fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { userOf, visibleTo } from './access.ts';
import { Refusal, dispatcherNotFound, write } from './answer.ts';
import type { Answer } from './answer.ts';
import { execute, executePrefix } from './execute.ts';
import type { AemFaults, FaultEffect } from './faults.ts';
import { graphQlAnswer, graphQlFailure } from './graphql-answer.ts';
import { runQuery } from './graphql/run.ts';
import { listQueries, persistQuery } from './manage-queries.ts';
import { requestOf } from './request.ts';
import type { RecordedRequest, Request } from './request.ts';
import type { Tier } from './options.ts';
import { schemaFor } from './schema.ts';
import type { State } from './state.ts';

/** Makes the server of one tier; every path goes through the same checks, in AEM's order. */
export function tierServer(
  tier: Tier,
  state: State,
  faults: AemFaults,
  requests: RecordedRequest[],
): FastifyInstance {
  const app = Fastify({ forceCloseConnections: true, exposeHeadRoutes: false });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    '*',
    { parseAs: 'string' },
    async (_request: unknown, body: unknown) => body,
  );
  const handler = async (request: FastifyRequest, reply: FastifyReply) => {
    const recorded: RecordedRequest = { ...requestOf(tier, request), at: Date.now(), status: 0 };
    requests.push(recorded);
    const effect = faults.take(recorded);
    if (effect.delayMs > 0) await delay(effect.delayMs);
    if (effect.instead === 'reset' || effect.instead === 'hang') {
      reply.hijack();
      if (effect.instead === 'reset') request.raw.socket.resetAndDestroy();
      return reply;
    }
    const answer = effect.instead ?? answerTo(recorded, state, effect);
    recorded.status = answer.status;
    return write(reply, answer);
  };
  app.all('/*', handler);
  // What the router can't decode is the tier's to judge.
  app.setNotFoundHandler(handler);
  return app;
}

function answerTo(request: Request, state: State, effect: FaultEffect): Answer {
  try {
    if (request.tier !== 'author' && !state.filter(request.method, request.path)) {
      return dispatcherNotFound;
    }
    // CORS is a browser's rule; there is no policy here, so no origin is allowed.
    if (request.headers['origin'] !== undefined) return { status: 403 };
    return route(request, state, effect);
  } catch (error) {
    if (error instanceof Refusal) return error.answer;
    throw error;
  }
}

function route(request: Request, state: State, effect: FaultEffect): Answer {
  const { settings } = state;
  const { path, method, tier } = request;
  const user = userOf(request, settings, state.tokens);
  const schema = schemaFor(visibleTo(user, request, state.fragments), settings);
  const under = (prefix: string) => path === prefix || path.startsWith(`${prefix}/`);

  if (under(executePrefix)) {
    if (method !== 'GET' && method !== 'POST') return { status: 405 };
    return execute(request, settings, state.queries[tier], schema, effect.alter);
  }
  if (path === '/libs/granite/security/currentuser.json') {
    return { status: 200, json: { type: 'user', authorizableId: user.id, home: '/home/users' } };
  }
  if (under('/graphql/list.json')) return listQueries(path, state.queries[tier]);
  if (under('/graphql/persist.json')) {
    return persistQuery(request, user, settings, state.queries[tier], schema);
  }
  const [, configuration] = /^\/content\/_cq_graphql\/(.+)\/endpoint\.json$/.exec(path) ?? [];
  if (configuration !== undefined && method === 'POST') {
    if (tier !== 'author' && !settings.adHocOnPublish) return dispatcherNotFound;
    if (configuration !== settings.configuration && configuration !== 'global') {
      return graphQlFailure(settings, `No endpoint for '${configuration}'`, 404);
    }
    return adHoc(request, state, schema, effect);
  }
  return { status: 404, html: '<html><head><title>Resource not found</title></head></html>' };
}

function adHoc(
  { text, headers }: Request,
  { settings }: State,
  schema: ReturnType<typeof schemaFor>,
  { alter }: FaultEffect,
): Answer {
  if (!headers['content-type']?.startsWith('application/json')) {
    return graphQlFailure(settings, 'Content type must be application/json', 400);
  }
  try {
    const { query, variables } = JSON.parse(text) as { query: string; variables?: object };
    const values = new Map(Object.entries(variables ?? {}));
    return graphQlAnswer(settings, alter(runQuery(query, { values, texts: false }, schema)));
  } catch (error) {
    if (error instanceof SyntaxError) return graphQlFailure(settings, 'Invalid JSON', 400);
    throw error;
  }
}
