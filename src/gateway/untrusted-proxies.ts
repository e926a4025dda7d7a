import type { IncomingMessage } from 'node:http';
import { isIPv6 } from 'node:net';
import { LRUCache } from 'lru-cache';
import type { Logger } from '../log.ts';
import { neighbourhood, senderOf } from './addresses.ts';
import { isPrivate } from './networks.ts';
import type { GatewaySettings } from './settings.ts';

const HOUR_MS = 3_600_000;
/** Anybody may send such a header: strangers must not fill a log. */
const BETWEEN_WARNINGS_MS = 60_000;
/** In which proxies say for whom they ask. */
const FORWARDING = ['x-forwarded-for', 'forwarded', 'x-real-ip'];

/**
 * Warns of a sender that says for whom it asks and is not believed, for most often it is a proxy that
 * was forgotten in the settings: then all TVs behind it share one address, and its limits. Once an hour
 * for each network, and never more than one a minute.
 */
export function warnOfUntrustedProxies(
  logger: Pick<Logger, 'warn'>,
  settings: Pick<GatewaySettings, 'trustedProxies' | 'addressHeader'>,
): (request: IncomingMessage) => void {
  const known = new LRUCache<string, true>({
    max: 1_000,
    ttl: HOUR_MS,
    ttlResolution: 0,
    perf: Date,
  });
  const headers = [...new Set([settings.addressHeader, ...FORWARDING])];
  let quietUntil = 0;
  return (request) => {
    const header = headers.find((name) => request.headers[name] !== undefined);
    if (header === undefined || Date.now() < quietUntil) return;
    const { ip, isTrusted } = senderOf(request, settings);
    const sender = shown(ip);
    if (isTrusted || known.has(sender)) return;
    known.set(sender, true);
    quietUntil = Date.now() + BETWEEN_WARNINGS_MS;
    logger.warn(
      { sender, header },
      `${header} of ${sender} is ignored: if that is a proxy of yours, name it in GATEWAY_TRUSTED_PROXIES`,
    );
  };
}

/** It may be a viewer's, which no log should hold: of an address out there the network alone. */
function shown(ip: string): string {
  if (isPrivate(ip)) return ip;
  return isIPv6(ip) ? neighbourhood(ip) : ip.replace(/\.\d+$/, '.0/24');
}
