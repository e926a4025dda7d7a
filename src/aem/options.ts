import type { Http } from '../http/index.ts';
import type { Credentials } from './credentials.ts';
import { hostSetting, TIERS } from './tier.ts';
import type { Tier } from './tier.ts';
import type { Variables } from './variables.ts';

/** Settings of a client; one client per AEM environment and process. */
export interface AemOptions {
  /** Base URLs of the tiers in use. http is for stand-ins and a local AEM only. */
  hosts: Partial<Record<Tier, string>>;
  credentials?: Credentials;
  /**
   * Tiers that get the token. Default author and preview: on publish an `Authorization` header
   * keeps dispatcher and CDN from caching. Add publish for content under closed user groups.
   */
  tokenTiers?: readonly Tier[];
  /** The user that the token should be, `email` of the credential; checked where AEM tells it. */
  expectedUser?: string;
  /**
   * A persisted query that finds something for the token's user and nothing for anonymous. Where
   * AEM doesn't tell who we are (publish and preview hide it behind the dispatcher), this does.
   */
  canary?: { query: string; variables?: Variables };
  /** How long AEM's word on who the token is counts, milliseconds. Default 300 000. */
  identityCheckMs?: number;
  /** Connections, shared with others, perhaps by proxy or with a private CA. Default: its own. */
  http?: Http;
  /** Limit of a whole call, milliseconds. Default 5000. */
  requestTimeoutMs?: number;
  /** How much of answers is kept for `max-age` and ETags, bytes. Default 16 MiB; 0 keeps none. */
  cacheBytes?: number;
  /** Requests at a time to each tier, and how many may wait. Default 20 and 200. */
  bulkhead?: { inFlight: number; queued: number };
  /** When to stop calling a tier that fails, and for how long. Default 10 failures, 5 s. */
  breaker?: { consecutiveFailures: number; halfOpenAfterMs: number };
}

type Optional = 'credentials' | 'expectedUser' | 'canary' | 'http';

/** Settings with the defaults filled in. */
export type AemSettings = Required<Omit<AemOptions, Optional>> & Pick<AemOptions, Optional>;

/**
 * Fills in the defaults.
 *
 * @throws TypeError for a host that can't be right.
 * @throws RangeError for a time-out that isn't positive.
 */
export function settingsOf(options: AemOptions): AemSettings {
  const { requestTimeoutMs = 5000, cacheBytes = 16 << 20 } = options;
  if (!(requestTimeoutMs > 0)) {
    throw new RangeError(`requestTimeoutMs ${requestTimeoutMs}: must be more than 0`);
  }
  const hosts: Partial<Record<Tier, string>> = {};
  for (const tier of TIERS) {
    const host = options.hosts[tier];
    if (host !== undefined) hosts[tier] = checkedHost(tier, host);
  }
  return {
    tokenTiers: ['author', 'preview'],
    identityCheckMs: 300_000,
    bulkhead: { inFlight: 20, queued: 200 },
    breaker: { consecutiveFailures: 10, halfOpenAfterMs: 5000 },
    ...options,
    hosts,
    requestTimeoutMs,
    cacheBytes,
  };
}

const cloudHost = /^(author|preview|publish)-p\d+-e\d+\.adobeaemcloud\.com$/;

function checkedHost(tier: Tier, value: string): string {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new TypeError(`${hostSetting(tier)} is ${value}: must begin with https:// or http://`);
  }
  if (url.username !== '' || url.password !== '') {
    throw new TypeError(
      `${hostSetting(tier)} is ${url.host}: give user and password by AEM_BASIC instead`,
    );
  }
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '') {
    throw new TypeError(`${hostSetting(tier)} is ${value}: give scheme and host only`);
  }
  if (url.protocol === 'http:' && url.hostname.endsWith('.adobeaemcloud.com')) {
    throw new TypeError(
      `${hostSetting(tier)} is ${value}: use https, a token would travel in clear`,
    );
  }
  const [, named] = cloudHost.exec(url.hostname) ?? [];
  if (named !== undefined && named !== tier) {
    throw new TypeError(`${hostSetting(tier)} is ${value}: this is the ${named} host`);
  }
  return url.origin;
}
