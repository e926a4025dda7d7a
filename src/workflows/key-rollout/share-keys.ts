import { type Host, type KeyRollout, sameKeys } from './rollout.ts';
import { trouble } from './trouble.ts';

/** Pass one: instance by instance gets both keys and reads them. Equal ones are left in peace. */
export async function shareKeys(rollout: KeyRollout): Promise<void> {
  rollout.enter('keys');
  for (const host of rollout.targets) {
    if (host.progress.keys === 'equal') {
      rollout.tell('has the keys already', host);
      continue;
    }
    await rollout.gate(host.id, 'take it out of the balancer, its sessions end');
    await giveKeys(rollout, host);
  }
  await compareAll(rollout);
}

async function giveKeys(rollout: KeyRollout, host: Host): Promise<void> {
  const { source } = rollout;

  await host.agent.backUpKeys({});
  host.progress.keys = 'backed-up';
  rollout.tell('keys backed up', host);

  const sealed = await source.agent.readKeys({ what: host.id });
  host.touched = true;
  await host.agent.writeKeys({ sealed });
  host.progress.keys = 'written';
  rollout.tell('both keys written', host);

  host.refreshed = true;
  const taken = await host.agent.activateKeys({ what: 'refresh' });
  host.progress.keys = 'active';
  rollout.changes.push(`${host.id} has the keys of ${source.id}`);
  rollout.tell(`keys read, all bundles as before (${taken.join(', ') || 'waited'})`, host);
}

/** Both files on every instance, before anything depends on them: one alone is the worst state. */
async function compareAll(rollout: KeyRollout): Promise<void> {
  const { keys } = rollout.examined(rollout.source);
  await Promise.all(
    rollout.hosts.map(async (host) => {
      const now = await host.agent.locateKeys({});
      if (sameKeys(now, keys)) return;
      const mixed = now.hmac === keys.hmac || now.master === keys.master;
      throw trouble({
        code: mixed ? 'keys_mixed' : 'keys_changed',
        message: mixed
          ? `${host.id} has only one of the two keys: something else wrote ${now.hmac === keys.hmac ? 'master' : 'hmac'}`
          : `the keys of ${host.id} were changed during the roll-out: stop whatever does that`,
      });
    }),
  );
  rollout.tell('every instance has the same keys');
}
