import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** What Node's parser found wrong, by its own codes; anything else is a plain 400. */
const STATUSES: Record<string, number> = {
  ERR_HTTP_REQUEST_TIMEOUT: 408,
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
};
const DETAILS: Record<number, string> = {
  408: 'the request took too long to arrive',
  413: 'the body is too large',
  431: 'the headers are too large',
};

/**
 * Answers what never became a request: too slow, too long or no HTTP. Nobody knows for which part of
 * the gateway it was meant, so the answer reads as a problem and as an OAuth error. Nothing of it is
 * logged, for the raw bytes may be anybody's secret.
 */
export function answerClientError(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const status = STATUSES[error.code ?? ''] ?? 400;
  const body = JSON.stringify(bodyOf(status, DETAILS[status] ?? 'this is no HTTP request'));
  if (socket.writable) {
    socket.write(
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nCache-Control: no-store\r\n` +
        `Content-Type: application/problem+json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    );
  }
  socket.destroy(error);
}

/** The same for an address that can't be read: it belongs to no route, whose errors would tell. */
export function answerBadAddress(
  error: Error & { statusCode?: number },
  _request: FastifyRequest,
  reply: FastifyReply,
): void {
  const { statusCode: status = 400 } = error;
  void reply
    .code(status)
    .header('cache-control', 'no-store')
    .type('application/problem+json')
    .send(JSON.stringify(bodyOf(status, 'this address can not be read')));
}

function bodyOf(status: number, detail: string) {
  return {
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail,
    code: 'invalid_request',
    action: 'none',
    message: detail,
    error: 'invalid_request',
    error_description: detail,
  };
}
