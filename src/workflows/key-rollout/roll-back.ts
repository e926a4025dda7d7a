import { ApplicationFailure, CancellationScope } from '@temporalio/workflow';
import type { RolloutFailure, RolloutFailureType } from './messages.ts';
import type { Host, KeyRollout } from './rollout.ts';
import { activation } from './share-keys.ts';
import { type Trouble, troubleOf } from './trouble.ts';

/**
 * Puts everything back as it was, in reverse order, whatever fails on the way and although the
 * roll-out was cancelled.
 *
 * @returns the failure that the roll-out ends with
 */
export async function rollBack(
  rollout: KeyRollout,
  { code, message }: Trouble,
): Promise<ApplicationFailure> {
  const { hosts } = rollout;
  const changed = hosts.filter(
    ({ touched, refreshed, progress }) =>
      touched || refreshed || progress.encapsulated === 'switched-on',
  );
  const todo: string[] = [];
  rollout.tell(message);
  if (changed.length > 0) {
    rollout.enter('rolling-back');
    await CancellationScope.nonCancellable(async () => {
      for (const host of changed.toReversed()) await switchBack(rollout, host, todo);
      for (const host of changed.toReversed()) await restoreKeys(rollout, host, todo);
    });
  }
  rollout.enter('over');
  const type: RolloutFailureType =
    todo.length > 0 ? 'needs_attention' : changed.length > 0 ? 'rolled_back' : 'refused';
  rollout.tell(ENDS[type]);
  const { proof } = rollout.state;
  const failure: RolloutFailure = { code, hosts: rollout.state.hosts, proof, todo };
  return ApplicationFailure.create({ type, message, nonRetryable: true, details: [failure] });
}

const ENDS: Record<RolloutFailureType, string> = {
  refused: 'nothing was changed',
  rolled_back: 'everything is as it was before',
  needs_attention: 'not everything could be put back',
};

async function switchBack(rollout: KeyRollout, host: Host, todo: string[]): Promise<void> {
  if (host.progress.encapsulated !== 'switched-on') return;
  const by = `set token.encapsulated of ${host.id} to false in the console`;
  await trying(rollout, host, todo, by, async () => {
    await host.patientAgent.switchEncapsulation({ on: false });
    host.progress.encapsulated = 'switched-back';
    rollout.tell('encapsulated tokens switched off again', host);
  });
}

async function restoreKeys(rollout: KeyRollout, host: Host, todo: string[]): Promise<void> {
  if (host.touched) {
    const by = `copy both key files of backup ${rollout.id} on ${host.id} back`;
    const restored = await trying(rollout, host, todo, by, async () => {
      await host.patientAgent.restoreKeys({ rollout: rollout.id });
      host.progress.keys = 'restored';
      rollout.tell('both keys are those of before', host);
    });
    if (!restored) return;
  }
  if (!host.refreshed) return;
  const by = `refresh com.adobe.granite.crypto on ${host.id}, or restart it`;
  await trying(rollout, host, todo, by, async () => {
    const taken = await host.patientAgent.activateKeys(activation(rollout, host, 'refresh'));
    rollout.tell(`keys of before read (${taken.join(', ') || 'waited'})`, host);
  });
}

/** A step that fails leaves the others to be done, and something for a person to do. */
async function trying(
  rollout: KeyRollout,
  host: Host,
  todo: string[],
  byHand: string,
  step: () => Promise<void>,
): Promise<boolean> {
  try {
    await step();
    return true;
  } catch (error) {
    const trouble = troubleOf(error);
    if (!trouble) throw error;
    todo.push(byHand);
    rollout.tell(`${trouble.message}; by hand: ${byHand}`, host);
    return false;
  }
}
