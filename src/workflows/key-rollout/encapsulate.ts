import type { KeyRollout } from './rollout.ts';

/** Pass two, once all have the keys: the switch. A login before that would be refused elsewhere. */
export async function encapsulate(rollout: KeyRollout): Promise<void> {
  rollout.enter('encapsulation');
  for (const host of rollout.hosts) {
    if (host.progress.encapsulated !== 'off') continue;
    await rollout.gate(`encapsulation:${host.id}`, 'its viewers sign in once more');
    const before = await host.agent.readTokenHandler({});
    // A try that lost its answer may have switched it.
    host.tokenHandler = before;
    host.progress.encapsulated = 'switched-on';
    await host.agent.switchEncapsulation({});
    rollout.changes.push(`${host.id} gives out encapsulated tokens`);
    rollout.tell('encapsulated tokens switched on', host);
  }
}
