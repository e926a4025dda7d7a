import type { FastifyRequest } from 'fastify';
import type { Tier } from './options.ts';

/** One request as the tiers see it: nothing decoded yet. */
export interface Request {
  tier: Tier;
  method: string;
  /** Path as it came, without query. */
  path: string;
  headers: Readonly<Record<string, string | undefined>>;
  text: string;
}

/** One request the stand-in received, and what it answered. */
export interface RecordedRequest extends Request {
  /** Arrival, epoch milliseconds. */
  at: number;
  /** Status answered; 0 while unanswered and after a broken connection. */
  status: number;
}

/** Reads a request of fastify. */
export function requestOf(tier: Tier, request: FastifyRequest): Request {
  const [path = ''] = (request.raw.url ?? '').split('?');
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : value,
    ]),
  );
  const text = typeof request.body === 'string' ? request.body : '';
  return { tier, method: request.method, path, headers, text };
}
