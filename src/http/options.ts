import type { LookupFunction } from 'node:net';

/** A forward proxy that tunnels by `CONNECT`. */
export interface Proxy {
  /** `http://host:port` or `https://host:port`; user and password for Basic may stand in it. */
  url: string;
  /** Hosts reached without it: `host`, or `.suffix` for a domain and what is below it. */
  bypass?: readonly string[];
}

/** Settings of the connections to Adobe and AEM; share one {@link Http} within a process. */
export interface HttpOptions {
  proxy?: Proxy;
  /**
   * PEM certificates of private authorities, trusted besides those that Node brings along: for a
   * proxy that inspects TLS, or an AEM with a certificate of the company's own.
   */
  certificateAuthorities?: string;
  /** Limit of one request from connecting to the last byte, milliseconds. Default 10 000. */
  timeoutMs?: number;
  /** Largest answer, bytes. Default 1 MiB. */
  maxResponseBytes?: number;
  /** How long a connection may live, and so how long a DNS answer is used. Default 25 000 ms. */
  dnsMaxAgeMs?: number;
  /** Replaces name resolution. */
  lookup?: LookupFunction;
  /** Default `devicepass`. AEM treats one with `Mozilla` or `Opera` in it as a browser. */
  userAgent?: string;
}

/** Settings with the defaults filled in, and read. */
export interface Settings extends Required<Omit<HttpOptions, 'proxy' | 'lookup'>> {
  proxy: { url: URL; bypass: readonly string[] } | undefined;
  lookup: LookupFunction | undefined;
}

/**
 * Fills in the defaults.
 *
 * @throws RangeError for a time or size that can't work
 * @throws TypeError for a proxy that is no http(s) URL, an authority that is no PEM certificate, or
 *   a user agent that AEM takes for a browser
 */
export function settingsOf(options: HttpOptions): Settings {
  const { dnsMaxAgeMs = 25_000, timeoutMs = 10_000, maxResponseBytes = 1024 * 1024 } = options;
  const { certificateAuthorities = '', userAgent = 'devicepass' } = options;
  if (!(dnsMaxAgeMs >= 1 && dnsMaxAgeMs <= 30_000)) {
    throw new RangeError(`dnsMaxAgeMs ${dnsMaxAgeMs}: must be between 1 and 30000`);
  }
  for (const [name, value] of Object.entries({ timeoutMs, maxResponseBytes })) {
    if (!(value > 0)) throw new RangeError(`${name} ${value}: must be more than 0`);
  }
  if (certificateAuthorities && !certificateAuthorities.includes('-----BEGIN CERTIFICATE-----')) {
    throw new TypeError('certificateAuthorities: give certificates in PEM form');
  }
  if (/mozilla|opera/i.test(userAgent)) {
    throw new TypeError(`userAgent ${userAgent}: AEM answers browsers with a login page`);
  }
  return {
    dnsMaxAgeMs,
    timeoutMs,
    maxResponseBytes,
    certificateAuthorities,
    userAgent,
    proxy: options.proxy && readProxy(options.proxy),
    lookup: options.lookup,
  };
}

function readProxy({ url, bypass = [] }: Proxy): Settings['proxy'] {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  // The URL isn't repeated: it may hold a password.
  if (!parsed || !['http:', 'https:'].includes(parsed.protocol) || !parsed.hostname) {
    throw new TypeError('proxy.url: must be http://host:port or https://host:port');
  }
  return { url: parsed, bypass: bypass.map((host) => host.trim().toLowerCase()).filter(Boolean) };
}
