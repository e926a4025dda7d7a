import type { AgentOptions } from 'node:https';
import type { Duplex } from 'node:stream';
import { HttpProxyAgent, HttpsProxyAgent } from 'hpagent';
import type { Settings } from './options.ts';

/** The proxy didn't give a tunnel. Holds no header: one of them may be the proxy's password. */
export class TunnelRefused extends Error {
  override readonly name = 'TunnelRefused';
  readonly code: string | undefined;
  readonly status: number | undefined;

  constructor(error: Error) {
    super('the proxy gave no tunnel');
    // The library tells a time-out and the proxy's status in its message only.
    const code = 'code' in error ? String(error.code) : undefined;
    this.code = error.message === 'Proxy timeout' ? 'ETIMEDOUT' : code;
    const status = /Bad response: (\d{3})/.exec(error.message)?.[1];
    this.status = status === undefined ? undefined : Number(status);
  }
}

type Created = (error: Error | null, socket?: Duplex) => void;
type Create = (options: object, created: Created) => unknown;

interface Tunnelling {
  createConnection: Create;
  keepSocketAlive(socket: Duplex): boolean;
}

/** Agents that tunnel through the proxy, with connections of limited age as the direct ones. */
export function tunnelAgents(
  proxy: URL,
  settings: Settings,
  trusted: string[] | undefined,
): { http: HttpProxyAgent; https: HttpsProxyAgent } {
  const { dnsMaxAgeMs, timeoutMs, lookup } = settings;
  const proxyRequestOptions = { ...(trusted && { ca: trusted }), ...(lookup && { lookup }) };
  const options: AgentOptions & { proxy: URL } = {
    proxy,
    keepAlive: true,
    timeout: timeoutMs + 5000,
    ...(trusted && { ca: trusted }),
  };
  const http = new HttpProxyAgent({ ...options, proxyRequestOptions });
  const https = new HttpsProxyAgent({ ...options, proxyRequestOptions });
  for (const agent of [http, https]) limitAge(agent as unknown as Tunnelling, dnsMaxAgeMs);
  return { http, https };
}

/** As `socketActiveTTL` and `freeSocketTimeout` of the direct agents. */
function limitAge(agent: Tunnelling, dnsMaxAgeMs: number): void {
  const born = new WeakMap<Duplex, number>();
  const create = agent.createConnection.bind(agent);
  const keep = agent.keepSocketAlive.bind(agent);
  agent.createConnection = (options, created) => {
    const at = performance.now();
    return create(options, (error, socket) => {
      if (socket) born.set(socket, at);
      created(error ? new TunnelRefused(error) : null, socket);
    });
  };
  agent.keepSocketAlive = (socket) => {
    if (performance.now() - (born.get(socket) ?? 0) >= dnsMaxAgeMs || !keep(socket)) return false;
    // The agent closes it when it has been free for so long.
    if ('setTimeout' in socket && typeof socket.setTimeout === 'function') socket.setTimeout(4000);
    return true;
  };
}
