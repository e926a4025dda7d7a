import { LRUCache } from 'lru-cache';
import { createCertificateWatch } from './certificate.ts';
import { fingerprint } from './credentials.ts';
import type { Credentials } from './credentials.ts';
import { createFixedLease } from './fixed-lease.ts';
import type { Lease } from './lease.ts';
import { createLoader } from './loader.ts';
import type { TokenRules } from './loader.ts';
import { settingsOf } from './options.ts';
import type { ImsOptions, Settings } from './options.ts';
import { createRenewingLease } from './renewing-lease.ts';
import type { CredentialSource } from './source.ts';
import { createTokenSource } from './token-source.ts';
import type { TokenSource } from './token-source.ts';

/** Access to Adobe's Identity Management Service. */
export interface Ims {
  /**
   * Access tokens by one credential; makes no request and reads no file yet. Targets that name the
   * same credential share its token.
   */
  tokens(source: CredentialSource, rules?: TokenRules): TokenSource;
}

/** Makes the access to IMS; one within a process. */
export function createIms(options: ImsOptions): Ims {
  const settings = settingsOf(options);
  // By fingerprint, the secret included: a rotated credential is another entry.
  const leases = new LRUCache<string, Lease>({ max: 100 });

  function leaseOn(credentials: Credentials, source: string): Lease {
    const key = fingerprint(credentials);
    const lease = leases.get(key) ?? createLease(credentials, settings, source);
    leases.set(key, lease);
    return lease;
  }

  return {
    tokens: (source, rules = {}) =>
      createTokenSource(createLoader(source, rules, settings, leaseOn), settings),
  };
}

function createLease(credentials: Credentials, settings: Settings, source: string): Lease {
  switch (credentials.kind) {
    case 'local-token':
    case 'basic':
    case 'none':
      return createFixedLease(credentials, settings, source);
    default: {
      const lease = createRenewingLease(credentials, settings);
      const watchCertificate = createCertificateWatch(credentials, settings);
      return {
        ...lease,
        async token(signal) {
          watchCertificate();
          return lease.token(signal);
        },
      };
    }
  }
}
