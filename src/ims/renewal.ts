import type { AccessToken } from './access-token.ts';
import type { ImsCredentials } from './credentials.ts';
import { ImsError } from './errors.ts';
import { createExchange } from './exchange.ts';
import type { Exchange } from './exchange.ts';
import type { Settings } from './options.ts';

/** The longest that a try waits for the next; a server that asks for more gets its peace. */
const longestPauseMs = 10_000;

/** A token, and how many requests it took. */
export interface Renewal {
  token: AccessToken;
  tries: number;
}

/**
 * Gets a new token: up to `tries` requests, repeated only after a network error, 429, 5xx or an
 * answer that isn't IMS's (reference, 3.2). A refused secret makes room for the next one of the
 * credential, as two are valid while one replaces the other.
 */
export function createRenewal(
  credentials: ImsCredentials,
  settings: Settings,
): () => Promise<Renewal> {
  const exchange = createExchange(credentials, settings);
  let secrets = [...credentials.clientSecrets];

  return async () => {
    let tries = 0;
    let refused: unknown;
    for (const secret of secrets) {
      try {
        const renewal = await withRetries(async () => exchange(secret), settings);
        secrets = [secret, ...secrets.filter((other) => other !== secret)];
        return { token: renewal.token, tries: tries + renewal.tries };
      } catch (error) {
        if (!(error instanceof ImsError && error.code === 'invalid_client')) throw error;
        tries += 1;
        refused ??= error;
      }
    }
    throw refused;
  };
}

async function withRetries(
  ask: () => ReturnType<Exchange>,
  { tries, clock, random }: Settings,
): Promise<Renewal> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return { token: await ask(), tries: attempt };
    } catch (error) {
      if (!(error instanceof ImsError) || !error.retryable || attempt >= tries) throw error;
      const pauseMs = error.retryAfterMs ?? random() * Math.min(5000, 500 * 2 ** attempt);
      if (pauseMs > longestPauseMs) throw error;
      await clock.sleep(pauseMs);
    }
  }
}
