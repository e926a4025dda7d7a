import assert from 'node:assert/strict';
import { type Access, ServiceTokens, type Standing } from '../../src/client.ts';
import { IdentityService, ISSUER } from '../service-tokens/support.ts';
import { type Stack, startStack } from '../support/stack.ts';

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

/** A stack that makes service tokens, with a key that Adobe knows. */
export async function startHouseholds(): Promise<{ stack: Stack; identity: IdentityService }> {
  const identity = await IdentityService.open();
  const { privateKey } = identity;
  const serviceTokens = new ServiceTokens({ issuer: ISSUER, privateKey });
  const stack = await startStack({ sandbox: { throttle: false }, serviceTokens });
  identity.register(stack.sandbox);
  return { stack, identity };
}
