import type { LookupFunction } from 'node:net';
import type { Rate } from './lane.ts';

/** Settings of a client; one client per Adobe environment and process. */
export interface AdobePassOptions {
  /** `https://host`. http is for stand-ins only. */
  baseUrl: string;
  /**
   * Further origins that answers may send a viewer's browser to. Default: none but that of `baseUrl`.
   */
  browserOrigins?: readonly string[];
  /**
   * Also send `AP-Device-Identifier` and `X-Device-Info` on the calls whose pages don't list them
   * (resume, retrieve, profile by code). The checklist asks for them on every request and forbids
   * unlisted headers in the same breath. Default false: as the pages say.
   */
  deviceHeadersEverywhere?: boolean;
  /** Limit of a whole call, milliseconds. Default 2500. */
  requestTimeoutMs?: number;
  /** Largest list of MVPDs that is read, bytes. Default 16 MiB; other answers may have 1 MiB. */
  maxConfigurationBytes?: number;
  /**
   * How long a connection may live, and so how long a DNS answer is used, milliseconds. Adobe
   * moves traffic by DNS and allows 30 s (`rest-api-v2-cookbook-server-server`). Default 25 000,
   * which leaves room for the last request on an old connection.
   */
  dnsMaxAgeMs?: number;
  /** Replaces name resolution. */
  lookup?: LookupFunction;
  /**
   * Requests per device address. Default 1 per second after a burst of 10, given once, as Adobe's
   * throttle.
   */
  throttle?: Rate | false;
  /** Requests at a time, and how many may wait. Default 200 and 400. */
  bulkhead?: { inFlight: number; queued: number };
  /** When to stop calling a server that fails, and for how long. Default 10 failures, 5 s. */
  breaker?: { consecutiveFailures: number; halfOpenAfterMs: number };
}

/** Settings with the defaults filled in. */
export type Settings = Required<Omit<AdobePassOptions, 'lookup'>> &
  Pick<AdobePassOptions, 'lookup'>;

/**
 * Fills in the defaults.
 *
 * @throws RangeError for a `dnsMaxAgeMs` outside 1..30 000 or a time-out or size that isn't
 * positive.
 * @throws TypeError for a `baseUrl` that isn't http or https.
 */
export function settingsOf(options: AdobePassOptions): Settings {
  const { dnsMaxAgeMs = 25_000, requestTimeoutMs = 2500 } = options;
  const { maxConfigurationBytes = 16 * 1024 * 1024 } = options;
  if (!(dnsMaxAgeMs >= 1 && dnsMaxAgeMs <= 30_000)) {
    throw new RangeError(`dnsMaxAgeMs ${dnsMaxAgeMs}: must be between 1 and 30000`);
  }
  if (!(requestTimeoutMs > 0)) {
    throw new RangeError(`requestTimeoutMs ${requestTimeoutMs}: must be more than 0`);
  }
  if (!(maxConfigurationBytes > 0)) {
    throw new RangeError(`maxConfigurationBytes ${maxConfigurationBytes}: must be more than 0`);
  }
  const protocol = URL.canParse(options.baseUrl) ? new URL(options.baseUrl).protocol : undefined;
  if (protocol !== 'https:' && protocol !== 'http:') {
    throw new TypeError(`baseUrl ${options.baseUrl}: must begin with https:// or http://`);
  }
  return {
    browserOrigins: [],
    deviceHeadersEverywhere: false,
    throttle: { ratePerSecond: 1, burst: 10 },
    bulkhead: { inFlight: 200, queued: 400 },
    breaker: { consecutiveFailures: 10, halfOpenAfterMs: 5000 },
    ...options,
    dnsMaxAgeMs,
    requestTimeoutMs,
    maxConfigurationBytes,
  };
}
