import { untilAborted } from '../http/until-aborted.ts';
import type { AccessToken } from './access-token.ts';
import type { ImsCredentials } from './credentials.ts';
import { ImsError } from './errors.ts';
import type { Lease } from './lease.ts';
import { nameOf } from './name.ts';
import type { Settings } from './options.ts';
import { createRenewal } from './renewal.ts';
import { schedule } from './schedule.ts';

const minuteMs = 60_000;

/**
 * A lease on a token of IMS. However many callers there are, at most one renewal is under way; it
 * begins early and beside them, who get the present token as long as it lasts (reference, 3.2).
 *
 * @throws ImsError `host_not_allowed`
 */
export function createRenewingLease(credentials: ImsCredentials, settings: Settings): Lease {
  const { clock, random, onEvent } = settings;
  const renew = createRenewal(credentials, settings);
  const credential = nameOf(credentials);
  let current: { token: AccessToken; renewAt: number; reserveMs: number } | undefined;
  let flight: Promise<AccessToken> | undefined;
  let hold: { until: number; error: unknown } | undefined;
  let replacedAt = -Infinity;

  const left = () => (current ? current.token.expiresAt - clock.now() : 0);

  async function run(): Promise<AccessToken> {
    if (hold && clock.now() < hold.until) throw hold.error;
    try {
      const { token, tries } = await renew();
      current = { token, ...schedule(token, clock.now(), random()) };
      hold = undefined;
      const { kind, expiresAt } = token;
      onEvent({ type: 'renewed', credential, kind, expiresAt, tries });
      return token;
    } catch (error) {
      hold = { error, until: clock.now() + pauseAfter(error, left() > 0) };
      if (error instanceof ImsError) {
        onEvent({ type: 'renewal_failed', credential, error, validForMs: Math.max(0, left()) });
      }
      throw error;
    }
  }

  async function renewal(): Promise<AccessToken> {
    flight ??= run().finally(() => {
      flight = undefined;
    });
    return flight;
  }

  async function token(signal?: AbortSignal): Promise<AccessToken> {
    signal?.throwIfAborted();
    if (current && left() > current.reserveMs) {
      // Whoever needs the new one hears of a failure; until then nobody has to.
      if (clock.now() >= current.renewAt) void renewal().catch(() => {});
      return current.token;
    }
    try {
      return await untilAborted(renewal(), signal);
    } catch (error) {
      signal?.throwIfAborted();
      if (current && left() > 0) return current.token;
      throw error;
    }
  }

  return {
    credentials,
    token,
    async replace(refused, signal) {
      signal?.throwIfAborted();
      if (current?.token !== refused) return token(signal);
      // It came in place of another that was refused: a third would fare no better.
      if (!flight && clock.now() - replacedAt < minuteMs) return refused;
      const replaced = renewal().then((next) => {
        replacedAt = clock.now();
        return next;
      });
      return untilAborted(replaced, signal);
    },
    peek: () => (left() > 0 ? current?.token : undefined),
    lastError: () => (hold?.error instanceof ImsError ? hold.error : undefined),
  };
}

/** For so long nobody asks again: a broken credential or a struggling IMS is left in peace. */
function pauseAfter(error: unknown, served: boolean): number {
  if (!(error instanceof ImsError)) return 0;
  if (!error.retryable) return minuteMs;
  const asked = Math.min(error.retryAfterMs ?? 0, 10 * minuteMs);
  return Math.max(asked, served ? minuteMs / 2 : 1000);
}
