import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyRequest } from 'fastify';
import { DevicePassError } from '../client.ts';
import type { Gateway } from './context.ts';

/** Ten homes behind one address that are switched on at once take so long at one call a second. */
const PATIENCE_MS = 150_000;
/** A request waits in line for its turn itself for so long: no need to come later. */
const WAITS_IN_LINE_MS = 5_000;

/**
 * Asks again while nothing but the crowd behind the TV's address is in the way: what was reached is
 * kept, and OAuth libraries take a refusal for the end. Not for a TV that is gone, nor while the
 * gateway stops.
 */
export async function patiently<T>(
  { draining }: Pick<Gateway, 'draining'>,
  { raw }: Pick<FastifyRequest, 'raw'>,
  ask: () => Promise<T>,
): Promise<T> {
  const until = Date.now() + PATIENCE_MS;
  setMaxListeners(0, draining); // one for each TV that waits
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      const pauseMs = pauseOf(error);
      if (pauseMs === undefined || Date.now() + pauseMs > until) throw error;
      if (draining.aborted || raw.socket.destroyed) throw error;
      await sleep(pauseMs, undefined, { signal: draining }).catch(() => {
        throw error;
      });
    }
  }
}

/** In ms; `undefined` for what is no matter of turns. */
function pauseOf(error: unknown): number | undefined {
  if (!(error instanceof DevicePassError) || !MATTERS_OF_TURNS.includes(error.code)) {
    return undefined;
  }
  // Where the time ran out otherwise nothing is said of coming again.
  const { retryAfterMs } = error;
  return retryAfterMs === undefined ? undefined : Math.max(0, retryAfterMs - WAITS_IN_LINE_MS);
}

const MATTERS_OF_TURNS = ['rate_limited', 'deadline_exceeded'];
