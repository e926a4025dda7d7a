import assert from 'node:assert/strict';
import type { Access, Standing } from '../../src/client.ts';

export function asAccess(standing: Standing): Access {
  assert.ok(standing.status === 'signed-in', `signed in, not ${JSON.stringify(standing)}`);
  return standing;
}

/** Why nobody is signed in; the status where that is no matter. */
export function reasonOf(standing: { status: string; reason?: unknown } | undefined) {
  return standing?.status === 'signed-out' ? standing.reason : standing?.status;
}

/** For a sandbox that allows an address what it likes: no test waits for its turn. */
export const UNTHROTTLED = { throttle: { ratePerSecond: 100, burst: 100, burstRefills: true } };
