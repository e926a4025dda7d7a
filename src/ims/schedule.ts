import { ImsError } from './errors.ts';

const minuteMs = 60_000;

/**
 * When to renew a token: 5 min or 5 % of its life before the end, whichever is more, and by jitter
 * a little earlier. Of 24 h that leaves more than an hour in which IMS may be down unnoticed.
 *
 * @param token its end in epoch milliseconds, as is `now`
 * @param chance 0 up to 1
 * @returns `renewAt`, epoch milliseconds; `reserveMs`, the end of its life in which callers wait for
 *   the new one, as a request to AEM may take as long
 * @throws ImsError `invalid_response` when it has ended already
 */
export function schedule(
  token: { expiresAt: number },
  now: number,
  chance: number,
): { renewAt: number; reserveMs: number } {
  const lifeMs = token.expiresAt - now;
  if (lifeMs <= 0) {
    throw new ImsError({
      code: 'invalid_response',
      hop: 'ims',
      hint: 'IMS gave a token that had ended already: check the clock of this host',
      retryable: true,
    });
  }
  const marginMs = Math.min(Math.max(5 * minuteMs, lifeMs * 0.05), lifeMs / 2);
  return {
    renewAt: token.expiresAt - marginMs * (1 + 0.2 * chance),
    reserveMs: Math.min(minuteMs, lifeMs / 4),
  };
}
