import type { FastifyReply } from 'fastify';
import type { Answer } from './call.ts';

/** Writes an answer with the media types the pages of REST API V2 document. */
export async function send(reply: FastifyReply, answer: Answer): Promise<FastifyReply> {
  reply.code(answer.status).headers(answer.headers ?? {});
  if (answer.html !== undefined) {
    return reply.header('content-type', 'text/html;charset=UTF-8').send(answer.html);
  }
  const text = answer.text ?? (answer.json === undefined ? undefined : JSON.stringify(answer.json));
  if (text === undefined) return reply.send();
  return reply.header('content-type', 'application/json;charset=UTF-8').send(text);
}
