import type { IncomingMessage } from 'node:http';
import type { Place } from '../client.ts';
import { senderOf } from './addresses.ts';
import type { GatewaySettings } from './settings.ts';

type Rules = Pick<GatewaySettings, 'trustedProxies' | 'placeHeaders'>;

/** Longer names of towns there are hardly. */
const MAX_NAME = 60;

/**
 * Where a request seems to come from, as the CDN tells it; what any other sender writes counts for
 * nothing. Undefined where that is not known.
 */
export function placeOf(request: IncomingMessage, rules: Rules): Place | undefined {
  const [countryHeader, ...finer] = rules.placeHeaders;
  if (countryHeader === undefined || !senderOf(request, rules).isTrusted) return undefined;
  const country = valueOf(request, countryHeader).toUpperCase();
  // XX and T1 (Cloudflare): unknown, and the Tor network.
  if (!/^[A-Z]{2}$/.test(country) || country === 'XX') return undefined;
  const [region, city] = finer.map((name) => valueOf(request, name));
  return { country, ...(region ? { region } : {}), ...(city ? { city } : {}) };
}

/** Whether two places are in one region; undefined where that can't be told. */
export function sameRegion(one: Place | undefined, other: Place | undefined): boolean | undefined {
  if (!one || !other) return undefined;
  if (one.country !== other.country) return false;
  if (one.region === undefined || other.region === undefined) return undefined;
  return one.region === other.region;
}

/** A place as one reads it: `Madrid, Spain`. */
export function placeName({ country, region, city }: Place, lang: string): string {
  const [near] = [city, region].filter(
    (name) => name !== undefined && !/^[A-Z0-9]{1,3}$/.test(name),
  );
  const name = new Intl.DisplayNames([lang], { type: 'region' }).of(country) ?? country;
  return near === undefined ? name : `${near}, ${name}`;
}

function valueOf(request: IncomingMessage, name: string): string {
  const value = request.headers[name];
  return shortName(decoded(Array.isArray(value) ? value.join(' ') : (value ?? '')));
}

/** A name that others wrote, as one line. */
export function shortName(text: string): string {
  return text
    .replace(/[\p{C}\p{Z}]+/gu, ' ')
    .trim()
    .slice(0, MAX_NAME);
}

/** CDNs send letters beyond ASCII as they are, in UTF-8, or with percent signs. */
function decoded(header: string): string {
  try {
    if (header.includes('%')) return decodeURIComponent(header);
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(header, 'latin1'));
  } catch {
    return header;
  }
}
