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
  let text = '';
  try {
    for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) {
        const event = /^event: (.*)$/m.exec(block)?.[1];
        const data = /^data: (.*)$/m.exec(block)?.[1];
        if (event && data) yield { event, data: JSON.parse(data) as Event['data'] };
      }
    }
  } finally {
    ended.abort();
  }
}
