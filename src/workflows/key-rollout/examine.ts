import type { Host, KeyRollout } from './rollout.ts';
import { sameKeys } from './rollout.ts';
import { trouble } from './trouble.ts';

/** Looks at every instance before any is changed: what can't work is refused here. */
export async function examine(rollout: KeyRollout): Promise<void> {
  rollout.tell(`looks at ${rollout.hosts.length} instances`);
  await Promise.all(
    rollout.hosts.map(async (host) => {
      host.examined = await host.agent.examineHost({});
    }),
  );
  const source = rollout.examined(rollout.source);
  for (const host of rollout.hosts) {
    const { keys, encapsulated, bundle, baseline } = rollout.examined(host);
    const same = sameKeys(keys, source.keys) ? 'equal' : 'different';
    host.progress.keys = host === rollout.source ? 'source' : same;
    host.progress.encapsulated = encapsulated ? 'on' : 'off';
    rollout.tell(
      `keys in bundle ${bundle} ${host === rollout.source ? 'are the source' : `are ${same}`}, ` +
        `encapsulated tokens ${encapsulated ? 'on' : 'off'}, ${baseline.bundles} bundles`,
      host,
    );
  }
  compareRings(rollout);
  compareUsers(rollout);
  heedFindings(rollout);
  if (rollout.request.dryRun) plan(rollout);
}

/** Each agent opens what others seal, keys and logins: better to know before anything is changed. */
function compareRings(rollout: KeyRollout): void {
  for (const from of rollout.hosts) {
    const { seals } = rollout.examined(from).ring;
    for (const to of rollout.hosts) {
      if (rollout.examined(to).ring.opens.includes(seals)) continue;
      throw trouble({
        code: 'sealed_value',
        message: `the agent of ${to.id} can't open what that of ${from.id} seals: give all agents of the farm the same AEM_HOST_KEYS`,
      });
    }
  }
}

/** A token says who, not what may be done: groups come from the instance that answers. */
function compareUsers(rollout: KeyRollout): void {
  const { id, groups } = rollout.examined(rollout.source).testUser;
  for (const host of rollout.targets) {
    const { testUser } = rollout.examined(host);
    if (testUser.id === id && testUser.groups.join() === groups.join()) continue;
    const there = `${testUser.id} in ${testUser.groups.join(', ') || 'no group'}`;
    throw trouble({
      code: 'users_differ',
      message: `the test user is ${id} in ${groups.join(', ') || 'no group'} on ${rollout.source.id}, but ${there} on ${host.id}: make them equal first`,
    });
  }
}

/** What new keys break on hosts that get them, and the switch on those that get that. */
function heedFindings(rollout: KeyRollout): void {
  const serious: string[] = [];
  for (const host of rollout.hosts) {
    for (const { message, concerns, needsForce } of rollout.examined(host).findings) {
      if (!(concerns === 'keys' ? getsKeys(host) : getsSwitch(host))) continue;
      host.progress.warnings.push(message);
      rollout.tell(`warning: ${message}`, host);
      if (needsForce) serious.push(`${host.id}: ${message}`);
    }
  }
  const [first, ...more] = serious;
  if (first === undefined || rollout.request.force) return;
  if (rollout.request.dryRun) {
    rollout.tell('without --force the roll-out would stop here');
    return;
  }
  throw trouble({
    code: 'needs_force',
    message: `${first}${more.length > 0 ? ` (and ${more.length} more)` : ''}: use --force once you know how to repair it`,
  });
}

function getsKeys({ progress }: Host): boolean {
  return progress.keys === 'different';
}

function getsSwitch({ progress }: Host): boolean {
  return progress.encapsulated === 'off';
}

function plan(rollout: KeyRollout): void {
  for (const host of rollout.targets) {
    if (!getsKeys(host)) continue;
    rollout.changes.push(`${host.id} would get the keys of ${rollout.source.id} and be refreshed`);
  }
  for (const host of rollout.hosts) {
    if (getsSwitch(host)) rollout.changes.push(`${host.id} would get encapsulated tokens`);
  }
}
