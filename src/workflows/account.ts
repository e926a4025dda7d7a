import type { FromDevice } from './messages.ts';
import { type DeviceState, hear, signOut } from './state.ts';

/**
 * What a device's request brings along. Where its Roku belongs to another account now, nobody is signed
 * in any more, and nothing of the viewer before is remembered: Adobe shows the other account none of it.
 */
export function heard(state: DeviceState, from: FromDevice, now: number): DeviceState {
  const next = hear(state, from, now);
  const { account } = from;
  if (!account) return next;
  // An app that tells only now signs nobody out: Adobe knows this sign-in by the id of before.
  if (!next.account) return next.phase.name === 'signed-out' ? { ...next, account } : next;
  if (next.account.name === account.name) return { ...next, account };
  const left = next.phase.name === 'signed-out' ? next : signOut(next, 'account-changed');
  const { rememberedMvpd: _1, setAside: _2, refusedLogin: _3, lastSignIn: _4, ...rest } = left;
  return { ...rest, account };
}
