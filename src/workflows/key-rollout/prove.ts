import type { Checked } from '../../activities/key-rollout/index.ts';
import type { Direction } from './messages.ts';
import type { Host, KeyRollout } from './rollout.ts';
import { trouble } from './trouble.ts';

/**
 * Real logins in every direction. Where one is refused the instance may not have read its keys, for
 * sources disagree on what makes it: each stronger means is tried before giving up.
 */
export async function prove(rollout: KeyRollout): Promise<void> {
  rollout.enter('proof');
  for (const means of ['refresh-key-bundle', 'restart', undefined] as const) {
    const { suspects, message, code } = await tryLogins(rollout);
    if (suspects.length === 0) {
      const proven = rollout.state.proof.length;
      rollout.tell(`logins are honoured in all ${proven} directions, forged ones nowhere`);
      return;
    }
    if (means === undefined) throw trouble({ code, message });
    rollout.tell(`${message}: ${means} of ${suspects.map(({ id }) => id).join(', ')}`);
    for (const host of suspects) {
      await rollout.gate(`${means}:${host.id}`, 'take it out of the balancer, its sessions end');
      host.refreshed = true;
      await host.agent.activateKeys({ what: means });
    }
  }
}

interface Attempt {
  /** Instances to make read their keys again; none when all is proven. */
  suspects: Host[];
  code: string;
  message: string;
}

async function tryLogins(rollout: KeyRollout): Promise<Attempt> {
  const { hosts } = rollout;
  const signedIn = await Promise.all(hosts.map(async (host) => host.agent.logInTestUser({})));
  const opaque = hosts.filter((_host, index) => signedIn[index]?.kind !== 'encapsulated');
  if (opaque.length > 0) {
    const names = opaque.map(({ id }) => id).join(', ');
    const message = `logins on ${names} still give opaque tokens`;
    return { suspects: opaque, code: 'token_opaque', message };
  }
  const logins = signedIn.map(({ login }) => login);
  const checked = await Promise.all(hosts.map(async (host) => host.agent.checkLogins({ logins })));
  const all = hosts.flatMap((to, index): Direction[] => {
    const { honoured = [], controls } = checked[index] ?? {};
    refuseOpenDoors(to, controls);
    return hosts.map(({ id: from }) => ({ from, to: to.id, honoured: honoured.includes(from) }));
  });
  // An instance has to honour its own login, or the others' refusals would say nothing.
  rollout.state.proof = all.filter(({ from, to }) => from !== to);
  const refused = all.filter(({ honoured }) => !honoured);
  return {
    suspects: suspectsOf(rollout, refused),
    code: 'login_refused',
    message: `logins are refused: ${refused.map(({ from, to }) => `${from} to ${to}`).join(', ')}`,
  };
}

/** An instance that honours anything proves nothing, and no refresh cures it. */
function refuseOpenDoors({ id }: Host, controls: Checked['controls']): void {
  const checks: Record<string, boolean> = controls ? { ...controls } : { nothing: false };
  const failed = Object.entries(checks).filter(([, held]) => !held);
  if (failed.length === 0) return;
  throw trouble({
    code: 'control_failed',
    message: `${id} honours what it must not (${failed.map(([name]) => name).join(', ')}): look at who answers there`,
  });
}

/** Whoever doesn't get along with the source, else whoever is part of a refusal. */
function suspectsOf(rollout: KeyRollout, refused: readonly Direction[]): Host[] {
  const { source } = rollout;
  const parts = (directions: readonly Direction[]) => {
    const ids = new Set(directions.flatMap(({ from, to }) => [from, to]));
    return rollout.targets.filter(({ id }) => ids.has(id));
  };
  const withSource = parts(refused.filter(({ from, to }) => [from, to].includes(source.id)));
  if (withSource.length > 0) return withSource;
  const others = parts(refused);
  return others.length > 0 || refused.length === 0 ? others : [source];
}
