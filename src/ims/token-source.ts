import type { AccessToken } from './access-token.ts';
import { account } from './credentials.ts';
import type { Lease } from './lease.ts';
import { nameOf } from './name.ts';
import type { Settings } from './options.ts';
import { statusOf } from './status.ts';
import type { CredentialStatus } from './status.ts';
import { validateToken } from './validate.ts';
import type { Validity } from './validate.ts';

/** Access tokens for one AEM. */
export interface TokenSource {
  /**
   * A token that hasn't ended. Ask before each request: it costs nothing while one is at hand.
   *
   * @throws ImsError when none can be had
   * @throws the reason of an aborted `signal`
   */
  accessToken(options?: { signal?: AbortSignal }): Promise<AccessToken>;
  /**
   * AEM answered this token with 401. True: ask for a token and repeat the request, once; callers
   * who report the same token share one renewal. False: it would not help.
   */
  invalidate(token: AccessToken): boolean;
  /** What operators want to know; gets no token. */
  status(): Promise<CredentialStatus>;
  /**
   * Asks IMS whether it knows the token: AEM answers garbage on a public path with 200 and less
   * content. Undefined for what isn't from IMS. Rejects as `accessToken`.
   */
  validate(): Promise<Validity | undefined>;
}

/**
 * Follows a credential through its rotations. While the new one has no token yet, that of the old
 * one is served, and the old one renewed should the new be refused: both are valid for a while.
 */
export function createTokenSource(load: () => Promise<Lease>, settings: Settings): TokenSource {
  let active: Lease | undefined;
  /** The lease before, of the same account, until the active one has a token. */
  let former: Lease | undefined;

  function adopt(lease: Lease): void {
    if (lease === active) return;
    const known = active && !active.peek() && former ? former : active;
    former = known && sameAccount(known, lease) ? known : undefined;
    if (active) announce(lease, false);
    active = lease;
  }

  function announce({ credentials }: Lease, ready: boolean): void {
    settings.onEvent({ type: 'credentials_changed', credential: nameOf(credentials), ready });
  }

  async function rotating(now: Lease, before: Lease, signal?: AbortSignal): Promise<AccessToken> {
    if (before.peek()) {
      void now.token().catch(() => {});
      return before.token(signal);
    }
    try {
      return await now.token(signal);
    } catch (error) {
      signal?.throwIfAborted();
      return before.token(signal).catch(() => {
        throw error;
      });
    }
  }

  async function accessToken({ signal }: { signal?: AbortSignal } = {}): Promise<AccessToken> {
    signal?.throwIfAborted();
    const lease = await load();
    adopt(lease);
    if (former && lease.peek()) {
      former = undefined;
      announce(lease, true);
    }
    return former ? rotating(lease, former, signal) : lease.token(signal);
  }

  return {
    accessToken,
    invalidate(token) {
      const outcomes = [active, former].map((lease) => lease?.invalidate(token));
      return !outcomes.includes('kept');
    },
    async status() {
      return statusOf(await load(), settings.clock.now());
    },
    async validate() {
      const token = await accessToken();
      return validateToken(token, (await load()).credentials, settings);
    },
  };
}

function sameAccount(one: Lease, other: Lease): boolean {
  return account(one.credentials) === account(other.credentials);
}
