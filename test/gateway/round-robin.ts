import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';

/** One address before several gateways. */
export interface RoundRobin {
  url: string;
  /** Where requests go, in turn. */
  upstreams: string[];
  /** Told of the next request once it has reached its gateway, whose answer is then lost. */
  interrupt?: (upstream: string) => Promise<void>;
  stop: () => Promise<void>;
}

/**
 * A load balancer as plain as it can be: each request to the next gateway, and where that breaks,
 * the caller's connection breaks too. It repeats nothing: that is for the TV to do.
 */
export async function startRoundRobin(port = 0): Promise<RoundRobin> {
  let turn = 0;
  const server = createServer((incoming, outgoing) => {
    const upstream = balancer.upstreams[turn % balancer.upstreams.length] ?? '';
    turn += 1;
    const { interrupt } = balancer;
    delete balancer.interrupt;
    forward(incoming, outgoing, upstream, interrupt);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const bound = typeof address === 'object' && address ? address.port : 0;
  const balancer: RoundRobin = {
    url: `http://127.0.0.1:${bound}`,
    upstreams: [],
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return balancer;
}

function forward(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  upstream: string,
  interrupt: RoundRobin['interrupt'],
): void {
  const { method, url, headers } = incoming;
  const broken = () => outgoing.destroy();
  const onward = request(upstream + (url ?? ''), { method, headers, agent: false }, (answer) => {
    if (interrupt) return;
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.on('error', broken);
    answer.pipe(outgoing);
  });
  onward.on('error', broken);
  incoming.pipe(onward);
  if (interrupt) onward.once('finish', () => void interrupt(upstream).then(broken));
}
