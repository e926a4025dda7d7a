import { rootCertificates } from 'node:tls';
import { HttpAgent, HttpsAgent } from 'agentkeepalive';
import type { Agent as PlainAgent } from 'node:http';
import type { Agent as TlsAgent } from 'node:https';
import type { Settings } from './options.ts';
import { tunnelAgents } from './tunnel.ts';

/** The connections to one kind of address. */
export interface Agents {
  http: PlainAgent;
  https: TlsAgent;
}

/** Connections that are reused, but none beyond the age of its DNS answer, direct or by proxy. */
export function createAgents(settings: Settings): {
  direct: Agents;
  /** Absent without a proxy. */
  proxied: Agents | undefined;
  close: () => void;
} {
  const { dnsMaxAgeMs, timeoutMs, lookup, certificateAuthorities, proxy } = settings;
  // Node takes a list of authorities instead of its own, not besides them.
  const trusted = certificateAuthorities
    ? [...rootCertificates, certificateAuthorities]
    : undefined;
  const options = {
    keepAlive: true,
    socketActiveTTL: dnsMaxAgeMs,
    // Below the usual 5 s of servers, so that we rarely send into a connection being closed.
    freeSocketTimeout: 4000,
    // The request's own limit ends it; this only collects what it left behind.
    timeout: timeoutMs + 5000,
    // No limit on sockets: with one, waiting requests would be handed a connection past its age.
    maxSockets: Infinity,
    ...(lookup && { lookup }),
  };
  const direct = {
    http: new HttpAgent({ ...options }),
    https: new HttpsAgent({ ...options, ...(trusted && { ca: trusted }) }),
  };
  const proxied = proxy && tunnelAgents(proxy.url, settings, trusted);
  return {
    direct,
    proxied,
    close() {
      for (const agents of [direct, proxied]) {
        agents?.http.destroy();
        agents?.https.destroy();
      }
    },
  };
}
