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
   * AEM answered this token with 401: gives another one, to repeat the request with, once; callers
   * who report the same token share one renewal. The same token comes back where another would not
   * help. Until there is another, `accessToken` still gives the refused one.
   *
   * @throws ImsError when no other can be had
   * @throws the reason of an aborted `signal`
   */
  replace(refused: AccessToken, options?: { signal?: AbortSignal }): Promise<AccessToken>;
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
    return newest(now, async () => before.token(signal), signal);
  }

  /** Of two failures that of the new credential is told: it is the one to be mended. */
  async function newest(now: Lease, otherwise: () => Promise<AccessToken>, signal?: AbortSignal) {
    try {
      return await now.token(signal);
    } catch (error) {
      signal?.throwIfAborted();
      return otherwise().catch(() => {
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
    async replace(refused, { signal } = {}) {
      const present = await accessToken(signal && { signal });
      if (present !== refused || !active) return present;
      if (!former) return active.replace(refused, signal);
      const before = former;
      return newest(active, async () => before.replace(refused, signal), signal);
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
