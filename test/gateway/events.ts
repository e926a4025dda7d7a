import { eventsIn } from '../../src/cli/demo/events.ts';

/** One server-sent event. */
export interface Event {
  event: string;
  data: Record<string, unknown>;
}

/** Reads server-sent events until the caller stops. */
export async function* eventsOf(url: string, token: string, query = ''): AsyncGenerator<Event> {
  const ended = new AbortController();
  const response = await fetch(`${url}/v1/events${query}`, {
    headers: { authorization: `Bearer ${token}` },
    signal: ended.signal,
  });
  if (!response.body || !response.headers.get('content-type')?.startsWith('text/event-stream')) {
    throw new Error(`no events: ${response.status} ${await response.text()}`);
  }
  try {
    for await (const { event, data } of eventsIn(response.body)) {
      yield { event, data: data as Event['data'] };
    }
  } finally {
    ended.abort();
  }
}
