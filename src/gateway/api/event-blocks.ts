import { createHash } from 'node:crypto';

/** How long a TV waits before it connects again, in ms. */
const RETRY_MS = 2_000;

/**
 * Shows that the stream lives. A comment on a line of its own ends no block: after an empty line some
 * parsers hand out an event without data.
 */
export const HEARTBEAT = ':\n';

/** What changes with each moment that passes. */
const FLEETING = new Set(['expires_in', 'expiresIn', 'askedAgo']);

/** One event as text, and what a TV that comes back names as `Last-Event-ID`. */
export interface Block {
  id: string;
  text: string;
}

/** The id names the change and what was told of it: the same standing has the same id at every gateway. */
export function eventBlock(event: string, generation: number, data: object): Block {
  const json = JSON.stringify(data);
  const lasting = JSON.stringify(data, (name, value: unknown) =>
    FLEETING.has(name) ? undefined : value,
  );
  const hash = createHash('sha256').update(`${event} ${lasting}`).digest('base64url').slice(0, 8);
  const id = `${generation}-${hash}`;
  return { id, text: `event: ${event}\nid: ${id}\ndata: ${json}\n\n` };
}

/** Stands before the first event, in the same block: a block with nothing else is no event. */
export const RETRY = `retry: ${RETRY_MS}\n`;
