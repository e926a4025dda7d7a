import { createServer } from 'node:http';
import { once } from 'node:events';
import { answering } from '../forked.ts';
import type { Polls } from '../sandbox-process.ts';

// What peers ask instead of Adobe: answers of the same size, for nothing. It checks nothing, so that
// whatever a peer leaves out (tokens, headers, sealing) is in its favour.

/** What it says when it is ready. */
export interface StandInReady {
  url: string;
}

const polls: [code: string, at: number][] = [];
const server = createServer((request, response) => {
  const { url = '' } = request;
  if (url.includes('/profiles/code/'))
    polls.push([url.slice(url.lastIndexOf('/') + 1), Date.now()]);
  request.resume();
  response.setHeader('content-type', 'application/json');
  response.end('{"profiles":{}}');
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const address = server.address();
const ready: StandInReady = {
  url: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`,
};
answering(ready, ({ pollsSince }: { pollsSince: number }): Polls => {
  return { polls: polls.filter(([, at]) => at >= pollsSince) };
});
