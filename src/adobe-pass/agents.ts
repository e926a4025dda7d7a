import { HttpAgent, HttpsAgent } from 'agentkeepalive';
import type { Settings } from './options.ts';

/**
 * Connections that are reused, but none beyond the age of its DNS answer: Adobe moves traffic by
 * DNS, and a busy keep-alive connection would never notice. Names are looked up for every new
 * connection; there is no DNS cache of ours (`rest-api-v2-cookbook-server-server`: at most 30 s).
 */
export function createAgents({ dnsMaxAgeMs, requestTimeoutMs, lookup }: Settings): {
  http: HttpAgent;
  https: HttpsAgent;
  close: () => void;
} {
  const options = {
    keepAlive: true,
    socketActiveTTL: dnsMaxAgeMs,
    // Below the usual 5 s of servers, so that we rarely send into a connection being closed.
    freeSocketTimeout: 4000,
    // The call's deadline ends requests; this only collects what it left behind.
    timeout: requestTimeoutMs + 5000,
    // No limit on sockets: with one, waiting requests would be handed a connection past its age.
    maxSockets: Infinity,
    ...(lookup && { lookup }),
  };
  const http = new HttpAgent({ ...options });
  const https = new HttpsAgent({ ...options });
  return {
    http,
    https,
    close() {
      http.destroy();
      https.destroy();
    },
  };
}
