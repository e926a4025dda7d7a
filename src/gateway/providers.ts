import type { DeviceFacts } from '../adobe-pass/index.ts';
import { Problem } from './api/problem.ts';
import type { Client } from './clients.ts';
import type { Gateway } from './context.ts';

/** A provider as a picker shows it. */
export type Provider = Awaited<
  ReturnType<ReturnType<Gateway['pass']['secondScreen']>['providers']>
>[number];

/** What a TV's own picker offers: by the lists of its app (S2S-22). */
export async function providersOf(
  { pass, trust }: Gateway,
  { app, facts }: Pick<Client, 'app'> & { facts: DeviceFacts },
  ip: string,
): Promise<Provider[]> {
  const mvpds = (name: string) => trust.mvpdsOf(name);
  return pass.secondScreen('', { app, facts, ip, mvpds }).providers();
}

/** @throws Problem 404 `unknown_mvpd` for one that is hidden, a trial that is not on offer, or none */
export function offered(providers: readonly Provider[], id: string): Provider {
  const provider = providers.find((each) => each.id === id);
  if (provider) return provider;
  throw new Problem(404, 'unknown_mvpd', 'this provider is not offered: choose another');
}
