import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ImsFault, ImsOperation } from './faults.ts';
import { exchange, token, validate } from './operations.ts';
import { Refusal } from './refusal.ts';
import type { ImsRequest, State } from './state.ts';

const operations = { exchange, token, validate };
const routes = {
  exchange: '/ims/exchange/jwt',
  token: '/ims/token/v3',
  validate: '/ims/validate_token/v1',
} satisfies Record<ImsOperation, string>;

/** Serves the endpoints; anything else is the 404 page of the web server. */
export function serve(app: FastifyInstance, state: State): void {
  // Bodies stay text, as every content type but a form is refused here.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, async (_: unknown, body: unknown) => body);
  for (const operation of Object.keys(routes) as ImsOperation[]) {
    app.post(routes[operation], async (request, reply) => handle(operation, request, reply, state));
  }
  app.setNotFoundHandler(async (request, reply) => {
    record('unknown', request, state).status = 404;
    return page(reply, 404, 'Not Found');
  });
}

async function handle(
  operation: ImsOperation,
  request: FastifyRequest,
  reply: FastifyReply,
  state: State,
): Promise<FastifyReply> {
  const recorded = record(operation, request, state);
  const { delayMs, fault } = state.faults.take(operation);
  if (delayMs > 0) await delay(delayMs, undefined, { ref: false });
  void reply.header('date', new Date(state.settings.now()).toUTCString());
  void reply.header('x-debug-id', randomUUID());
  if (fault?.kind === 'hang' || fault?.kind === 'reset') return broken(fault.kind, request, reply);
  if (fault?.kind === 'status') return answerFault(fault, recorded, reply);
  const { status, body } = answer(operation, request, recorded, fault, state);
  if (fault?.kind === 'lost-answer') return broken('reset', request, reply);
  recorded.status = status;
  return reply.code(status).type('application/json;charset=UTF-8').send(JSON.stringify(body));
}

function answer(
  operation: ImsOperation,
  { headers, body }: FastifyRequest,
  { form }: ImsRequest,
  fault: ImsFault | undefined,
  state: State,
): { status: number; body: object } {
  try {
    if (fault?.kind === 'echo')
      throw new Refusal(400, 'bad_request', `cannot read ${String(body)}`);
    const type = headers['content-type'] ?? '';
    if (!/^application\/x-www-form-urlencoded(;|$)/.test(type)) {
      throw new Refusal(400, 'bad_request', 'the content type is not a form');
    }
    const call = { form, authorization: headers.authorization };
    return { status: 200, body: operations[operation](state, call) };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { status, code, message } = error;
    return { status, body: { error: code, error_description: message } };
  }
}

/** Fields may stand in the query as well as in the body. */
function record(
  operation: ImsRequest['operation'],
  { url, headers, body }: FastifyRequest,
  { requests, settings }: State,
): ImsRequest {
  const { pathname, searchParams } = new URL(url, 'http://ims');
  const form = [...searchParams, ...new URLSearchParams(typeof body === 'string' ? body : '')];
  const entry = { at: settings.now(), operation, path: pathname, headers, form, status: 0 };
  requests.push(entry);
  return entry;
}

async function answerFault(fault: ImsFault, recorded: ImsRequest, reply: FastifyReply) {
  const { status = 500, headers = {}, body } = fault;
  recorded.status = status;
  void reply.headers(headers);
  if (body === undefined) return page(reply, status, 'Gateway');
  const type = body.startsWith('{') ? 'application/json;charset=UTF-8' : 'text/html';
  return reply.code(status).type(type).send(body);
}

async function page(reply: FastifyReply, status: number, title: string): Promise<FastifyReply> {
  return reply.code(status).type('text/html').send(`<html><h1>${status} ${title}</h1></html>\n`);
}

function broken(how: 'hang' | 'reset', request: FastifyRequest, reply: FastifyReply): FastifyReply {
  reply.hijack();
  if (how === 'reset') request.raw.socket.resetAndDestroy();
  return reply;
}
