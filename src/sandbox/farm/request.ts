import type { FastifyReply, FastifyRequest } from 'fastify';

/** One request as an instance sees it. */
export interface FarmRequest {
  method: string;
  /** Decoded, without query. */
  path: string;
  query: URLSearchParams;
  headers: Readonly<Record<string, string | undefined>>;
  /** Fields of the body, empty unless it is a form. */
  form: URLSearchParams;
  /** Arrival, epoch milliseconds. */
  at: number;
}

/** What an instance answers; `reset` breaks the connection. */
export type FarmAnswer =
  { status: number; headers?: Record<string, string>; json?: unknown; text?: string } | 'reset';

/** Reads a request of fastify. */
export function requestOf(request: FastifyRequest): FarmRequest {
  const [path = '', query = ''] = (request.raw.url ?? '').split('?');
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
  );
  const isForm = headers['content-type']?.startsWith('application/x-www-form-urlencoded');
  return {
    method: request.method,
    path: decodeURIComponent(path),
    query: new URLSearchParams(query),
    headers,
    form: new URLSearchParams(isForm && typeof request.body === 'string' ? request.body : ''),
    at: Date.now(),
  };
}

/** Writes an answer. */
export async function write(
  request: FastifyRequest,
  reply: FastifyReply,
  answer: FarmAnswer,
): Promise<FastifyReply> {
  if (answer === 'reset') {
    reply.hijack();
    request.raw.socket.resetAndDestroy();
    return reply;
  }
  reply.code(answer.status).headers(answer.headers ?? {});
  if (answer.json === undefined) return reply.type('text/html').send(answer.text ?? '');
  return reply.type('application/json;charset=utf-8').send(JSON.stringify(answer.json));
}
