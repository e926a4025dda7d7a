/** One server-sent event. */
export interface Event {
  event: string;
  data: unknown;
}

/** Reads server-sent events until the server or the signal ends them. */
export async function* events(
  url: string,
  headers: Record<string, string>,
  signal: AbortSignal,
): AsyncGenerator<Event> {
  const response = await fetch(url, { headers, signal });
  if (!response.ok || !response.body) throw new Error(`no events: ${response.status}`);
  yield* eventsIn(response.body);
}

/** The events in a stream of text. */
export async function* eventsIn(
  body: NonNullable<Response['body']>,
): AsyncGenerator<Event, void, undefined> {
  let text = '';
  for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const event = /^event: (.*)$/m.exec(block)?.[1];
      const data = /^data: (.*)$/m.exec(block)?.[1];
      if (event !== undefined && data !== undefined) yield { event, data: JSON.parse(data) };
    }
  }
}
