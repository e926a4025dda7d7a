import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import type { GatewaySettings } from './settings.ts';

/** Where a request came from: the TV's (or phone's) own address, and its source port if known. */
export interface Address {
  ip: string;
  port?: number;
}

type Rules = Pick<GatewaySettings, 'trustedProxies' | 'addressHeader' | 'portHeader'>;

/**
 * The connection's other end, or whom a trusted proxy names. What any other sender writes into
 * headers is ignored (checklist HDR-06, HDR-07). Read from the right: the first hop that is not a
 * proxy of ours is the one that they saw; what it claims itself counts for nothing.
 */
export function addressOf(request: IncomingMessage, rules: Rules): Address {
  const { remoteAddress = '', remotePort } = request.socket;
  const near: Address = { ip: plain(remoteAddress), ...port(remotePort) };
  if (!isTrusted(near.ip, rules)) return near;
  const hops = headerText(request, rules.addressHeader).split(',').toReversed();
  let found: Address | undefined;
  for (const hop of hops) {
    const address = parseHop(hop.trim());
    if (!address) break;
    found = address;
    if (!isTrusted(address.ip, rules)) break;
  }
  if (!found) return { ip: near.ip };
  if (found.port !== undefined || rules.portHeader === undefined) return found;
  return { ...found, ...port(Number(headerText(request, rules.portHeader).trim())) };
}

/** The connection's other end, and whether it may say for whom it asks. */
export function senderOf(
  { socket }: IncomingMessage,
  rules: Pick<Rules, 'trustedProxies'>,
): { ip: string; isTrusted: boolean } {
  const ip = plain(socket.remoteAddress ?? '');
  return { ip, isTrusted: isTrusted(ip, rules) };
}

/** `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1`, `[2001:db8::1]:4711`, quoted or not (RFC 7239). */
export function parseHop(hop: string): Address | undefined {
  const text = hop.replace(/^"(.*)"$/, '$1');
  const [, bracketed, v4, portText] =
    /^(?:\[([0-9a-f:.]+)\]|([\d.]+))(?::(\d{1,5}))?$/i.exec(text) ?? [];
  const ip = plain(bracketed ?? v4 ?? text);
  if (isIP(ip) === 0) return undefined;
  return { ip, ...port(Number(portText ?? 0)) };
}

/** Whose limits count together: an IPv6 user owns a whole /64, a site often a /48. */
export function neighbourhood(ip: string, prefix: 32 | 48 | 64 = 64): string {
  if (isIP(ip) !== 6) return ip;
  const [head = '', tail] = ip.toLowerCase().split('::');
  const left = head ? head.split(':') : [];
  const right = tail ? tail.split(':') : [];
  const gap = tail === undefined ? 0 : Math.max(0, 8 - left.length - right.length);
  const groups = [...left, ...Array.from({ length: gap }, () => '0'), ...right];
  return `${groups
    .slice(0, prefix / 16)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':')}::/${prefix}`;
}

/** The networks that an address lies in: a site (IPv6 /48, IPv4 /24), and a provider (/32, /16). */
export function networksOf(ip: string): { site: string; provider: string } {
  if (isIP(ip) === 4) {
    const octets = ip.split('.');
    const first = (count: number) => octets.slice(0, count).join('.');
    return { site: `${first(3)}.0/24`, provider: `${first(2)}.0.0/16` };
  }
  return { site: neighbourhood(ip, 48), provider: neighbourhood(ip, 32) };
}

/** IPv4 in IPv6's clothes, and zones, are shown as what they are. */
function plain(ip: string): string {
  return ip.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
}

function isTrusted(ip: string, { trustedProxies }: Pick<Rules, 'trustedProxies'>): boolean {
  const version = isIP(ip);
  return version !== 0 && trustedProxies.check(ip, version === 6 ? 'ipv6' : 'ipv4');
}

function port(value: number | undefined): { port?: number } {
  return value !== undefined && Number.isInteger(value) && value >= 1 && value <= 65_535
    ? { port: value }
    : {};
}

function headerText(request: IncomingMessage, name: string): string {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(',') : (value ?? '');
}
