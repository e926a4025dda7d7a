import type { KeyRollout } from './rollout.ts';

/** Pass two, once all have the keys: the switch. A login before that would be refused elsewhere. */
export async function encapsulate(rollout: KeyRollout): Promise<void> {
  rollout.enter('encapsulation');
  const off = rollout.hosts.filter(({ progress }) => progress.encapsulated === 'off');
  if (off.length === 0) return;
  await rollout.gate('encapsulation', 'viewers sign in once more');
  for (const host of off) {
    // A try that lost its answer may have switched it.
    host.progress.encapsulated = 'switched-on';
    await host.agent.switchEncapsulation({ on: true });
    rollout.changes.push(`${host.id} gives out encapsulated tokens`);
    rollout.tell('encapsulated tokens switched on', host);
  }
}
