import { type AddressInfo, isIPv6 } from 'node:net';

/** Where a server that listens at `host` is reached on this machine: every interface is loopback's too. */
export function urlOf(host: string, address: AddressInfo | string | null): string {
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return `http://${hostInUrl(host)}:${String(port)}`;
}

function hostInUrl(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return isIPv6(host) ? `[${host}]` : host;
}
