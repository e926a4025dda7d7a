import type { DeviceFacts } from '../adobe-pass/index.ts';
import type { ChosenMvpd, SecondScreen } from '../client.ts';
import { Problem } from './api/problem.ts';
import type { Client } from './clients.ts';
import type { Gateway } from './context.ts';

/** A provider as a picker shows it. */
export type Provider = Awaited<
  ReturnType<ReturnType<Gateway['pass']['secondScreen']>['providers']>
>[number];

type Asking = Pick<Client, 'app'> & { facts: DeviceFacts };

/** What a TV's own picker offers: by the lists of its app (S2S-22). */
export async function providersOf(gateway: Gateway, client: Asking, ip: string) {
  return screenOf(gateway, client, ip).providers();
}

/**
 * The provider that a TV chose. The list isn't fetched for temporary access (CFG-03), and who offers
 * that to its viewers may know the names of all others. Where nothing is known, Adobe will say.
 *
 * @throws Problem 404 `unknown_mvpd`, as `offered`
 */
export async function chosenOnTv(
  gateway: Gateway,
  client: Asking,
  ip: string,
  id: string,
): Promise<ChosenMvpd> {
  const screen = screenOf(gateway, client, ip);
  const known = screen.knownProviders();
  const lists = gateway.trust.mvpdsOf(client.app);
  if (!known && lists?.tempPass && lists.show.length === 0 && !lists.hide.includes(id)) {
    return { id };
  }
  const provider = known?.find((each) => each.id === id);
  const { displayName, logoUrl } = provider ?? offered(await screen.providers(), id);
  return { id, displayName, ...(logoUrl === undefined ? {} : { logoUrl }) };
}

function screenOf({ pass, trust }: Gateway, { app, facts }: Asking, ip: string): SecondScreen {
  const mvpds = (name: string) => trust.mvpdsOf(name);
  return pass.secondScreen('', { app, facts, ip, mvpds });
}

/** @throws Problem 404 `unknown_mvpd` for one that is hidden, a trial that is not on offer, or none */
export function offered(providers: readonly Provider[], id: string): Provider {
  const provider = providers.find((each) => each.id === id);
  if (provider) return provider;
  throw new Problem(404, 'unknown_mvpd', 'this provider is not offered: choose another');
}
