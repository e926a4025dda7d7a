import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { answerOf } from './answer.ts';
import type { Handler } from './answer.ts';
import { parseJson } from './base64.ts';
import type { Call } from './call.ts';
import { byItsClock } from './clock.ts';
import { errorAnswer } from './errors.ts';
import { tooManyRequests } from './faults.ts';
import type { Faults } from './faults.ts';
import { handlers } from './handlers.ts';
import { operationRules, operations } from './operations.ts';
import type { Operation, OperationRule } from './operations.ts';
import type { RecordedRequest } from './recorder.ts';
import { send } from './send.ts';
import type { State } from './state.ts';
import type { Throttle } from './throttle.ts';
import { withTraps } from './traps.ts';

/** What the operations share beside the state. */
export interface Serving {
  state: State;
  throttle: Throttle;
  faults: Faults;
  requests: RecordedRequest[];
}

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'];

/** Every documented operation at its path; other methods there get 405, other paths 404. */
export function serveOperations(app: FastifyInstance, serving: Serving): void {
  const rules = operationRules(serving.state.settings);
  const allowed = new Map<string, string[]>();
  for (const operation of operations) {
    const rule = rules[operation];
    allowed.set(rule.path, [...(allowed.get(rule.path) ?? []), rule.method]);
    // The configuration page's sample ends in a slash, its table does not.
    const slashed = operation === 'configuration' ? [`${rule.path}/`] : [];
    for (const url of [rule.path, ...slashed]) {
      app.route({
        method: rule.method,
        url,
        handler: async (request, reply) =>
          serve(serving, operation, rule, handlers[operation], request, reply),
      });
    }
  }
  for (const [url, allow] of allowed) {
    app.route({
      method: methods.filter((method) => !allow.includes(method)),
      url,
      handler: async (request, reply) => {
        record(serving, 'unknown', request, 405);
        const answer = errorAnswer('method_not_allowed', undefined, { status: 405 });
        return send(reply, { ...answer, headers: { allow: allow.join(', ') } });
      },
    });
  }
  app.setNotFoundHandler(async (request, reply) => {
    if (/^\/(o|api)\//.test(request.url)) record(serving, 'unknown', request, 404);
    const details = `no such path: ${request.url}`;
    return send(reply, errorAnswer('not_found', details, { status: 404 }));
  });
}

async function serve(
  { state, throttle, faults, requests }: Serving,
  operation: Operation,
  rule: OperationRule,
  handler: Handler,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const recorded = record({ requests }, operation, request, 0);
  const call = callOf(operation, request);
  const finish = async (answer: Parameters<typeof send>[1]) => {
    recorded.status = answer.status;
    const said = state.traps ? withTraps(answer) : answer;
    return send(reply, byItsClock(said, state.settings.clockAheadMs));
  };
  const isThrottled = !operation.startsWith('reset'); // "Throttling mechanism" names other paths
  if (isThrottled && !throttle.allows(throttleKey(call, request))) return finish(tooManyRequests);
  const { delayMs, instead } = faults.take(operation, call.ip);
  if (delayMs > 0) await delay(delayMs);
  if (instead === 'reset' || instead === 'hang') {
    reply.hijack();
    if (instead === 'reset') request.raw.socket.resetAndDestroy();
    return reply;
  }
  return finish(instead ?? (await answerOf(call, rule, handler, state)));
}

/**
 * "Throttling mechanism": per X-Forwarded-For, and without it all share the bucket of the server's
 * address. Viewers' browsers have addresses of their own, which a local sandbox cannot see: the
 * code stands in for it.
 */
function throttleKey(call: Call, request: FastifyRequest): string {
  return call.operation === 'authenticate'
    ? `code ${call.params['code'] ?? ''}`
    : (call.ip ?? request.ip);
}

function callOf(operation: Operation, request: FastifyRequest): Call {
  const headers = headersOf(request);
  const params: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.params ?? {})) params[name] = String(value);
  return {
    operation,
    headers,
    params,
    query: new URL(request.url, 'http://sandbox').searchParams,
    text: textOf(request),
    origin: `http://${request.host}`,
    ip: headers['x-forwarded-for'],
  };
}

function record(
  { requests }: Pick<Serving, 'requests'>,
  operation: Operation | 'unknown',
  request: FastifyRequest,
  status: number,
): RecordedRequest {
  const headers = headersOf(request);
  const recorded = {
    at: Date.now(),
    operation,
    method: request.method,
    path: request.url,
    headers,
    body: bodyOf(textOf(request), headers['content-type'] ?? ''),
    ip: headers['x-forwarded-for'],
    status,
  };
  requests.push(recorded);
  return recorded;
}

function bodyOf(text: string, type: string): unknown {
  if (text === '') return undefined;
  if (type.includes('form')) return Object.fromEntries(new URLSearchParams(text));
  return parseJson(text) ?? text;
}

function headersOf(request: FastifyRequest): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : value,
    ]),
  );
}

function textOf(request: FastifyRequest): string {
  return typeof request.body === 'string' ? request.body : '';
}
