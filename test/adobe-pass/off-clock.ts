import assert from 'node:assert/strict';
import { base, clientOf, recorder } from './support.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const viewer = { ...base, mvpd: 'Cable' };

/** A server whose clock is off: all it prints, and its `Date` header where `dated` says so. */
export async function adobe(
  answer: (now: number) => object,
  aheadMs = 0,
  dated: 'so' | 'right' = 'so',
) {
  const server = await recorder(() => {
    const now = Date.now() + aheadMs;
    const date = new Date(dated === 'so' ? now : Date.now()).toUTCString();
    return { headers: { date }, body: answer(now) };
  });
  return { server, pass: clientOf(server) };
}

export const session = (now: number) => ({
  actionName: 'authenticate',
  code: 'ABC123',
  notBefore: String(now),
  notAfter: String(now + 30 * MINUTE),
});

export const signedIn = (from: number, until: number | undefined) => ({
  profiles: { Cable: { type: 'regular', issuer: 'Cable', notBefore: from, notAfter: until } },
});

export function lasts(notAfter: number | undefined, ms: number): void {
  assert.ok(notAfter !== undefined, 'has no end');
  const off = notAfter - Date.now() - ms;
  assert.ok(Math.abs(off) < 10_000, `off by ${off} ms`);
}
