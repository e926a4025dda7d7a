import { ApplicationFailure, CancellationScope } from '@temporalio/workflow';
import type { RolloutFailure, RolloutFailureType } from './messages.ts';
import { type Host, type KeyRollout, sameKeys } from './rollout.ts';
import { type Trouble, trouble, troubleOf } from './trouble.ts';

/** What a person has to do on an instance. */
interface ByHand {
  host: Host;
  what: string;
}

/**
 * Puts everything back as it was, in reverse order, whatever fails on the way and although the
 * roll-out was cancelled, and looks whether it is so.
 *
 * @returns the failure that the roll-out ends with
 */
export async function rollBack(
  rollout: KeyRollout,
  { code, message }: Trouble,
): Promise<ApplicationFailure> {
  const changed = rollout.hosts
    .filter(({ touched, refreshed, tokenHandler }) => touched || refreshed || tokenHandler)
    .toReversed();
  const todo: ByHand[] = [];
  if (changed.length > 0) {
    rollout.tell(message);
    rollout.enter('rolling-back');
    await CancellationScope.nonCancellable(async () => {
      for (const host of changed) await switchBack(rollout, host, todo);
      for (const host of changed) await restoreKeys(rollout, host, todo);
      for (const host of changed) await compare(rollout, host, todo);
    });
  }
  const type: RolloutFailureType =
    todo.length > 0 ? 'needs_attention' : changed.length > 0 ? 'rolled_back' : 'refused';
  rollout.tell(ENDS[type]);
  const byHand = todo.map(({ what }) => what);
  const again = 'correct that, then start it again';
  rollout.end({ outcome: type, reason: message, todo: byHand.length > 0 ? byHand : [again] });
  const { hosts, proof } = rollout.state;
  const failure: RolloutFailure = { code, hosts, proof, todo: byHand };
  return ApplicationFailure.create({ type, message, nonRetryable: true, details: [failure] });
}

const ENDS: Record<RolloutFailureType, string> = {
  refused: 'nothing was changed',
  rolled_back: 'everything is as it was before',
  needs_attention: 'not everything could be put back',
};

async function switchBack(rollout: KeyRollout, host: Host, todo: ByHand[]): Promise<void> {
  const { tokenHandler: before, patientAgent } = host;
  if (!before) return;
  const { properties, additional, pid } = before;
  const what = `set ${pid} of ${host.id} in the console to ${JSON.stringify(properties)}`;
  await trying(rollout, { host, what }, todo, async () => {
    await patientAgent.restoreTokenHandler({});
    host.progress.encapsulated = 'switched-back';
    rollout.tell('encapsulated tokens switched off again', host);
    const { kind } = await patientAgent.logInTestUser({});
    // The login goes on as it did with the switch on, until AEM restarts.
    if (kind === 'encapsulated') host.refreshed = true;
  });
  if (additional.length === 0) return;
  todo.push({
    host,
    what: `look at ${additional.join(', ')} of ${pid} on ${host.id}: the console hides them, lists may be empty now`,
  });
}

async function restoreKeys(rollout: KeyRollout, host: Host, todo: ByHand[]): Promise<void> {
  if (host.touched) {
    const what = `copy both key files of backup ${rollout.id} on ${host.id} back, and restart it`;
    const restored = await trying(rollout, { host, what }, todo, async () => {
      await host.patientAgent.restoreKeys({});
      host.progress.keys = 'restored';
      rollout.tell('both keys are those of before', host);
    });
    if (!restored) return;
  }
  if (!host.refreshed) return;
  // The one means on which all sources agree: what AEM has in memory can't be looked at.
  const what = `restart ${host.id}: it may hold other keys than its files`;
  await trying(rollout, { host, what }, todo, async () => {
    const taken = await host.patientAgent.activateKeys({ what: 'restart' });
    rollout.tell(`keys of before read (${taken.join(', ') || 'waited'})`, host);
  });
}

/** Looks at the instance as at the beginning: that a step was answered does not prove its effect. */
async function compare(rollout: KeyRollout, host: Host, todo: ByHand[]): Promise<void> {
  if (todo.some((each) => each.host === host)) return;
  const before = rollout.examined(host);
  const what = `compare the key files of ${host.id} with backup ${rollout.id}, and its token handler`;
  await trying(rollout, { host, what }, todo, async () => {
    const now = await host.patientAgent.examineHost({});
    const { kind } = await host.patientAgent.logInTestUser({});
    const other = [
      ...(sameKeys(now.keys, before.keys) ? [] : ['its keys']),
      ...(now.encapsulated === before.encapsulated ? [] : ['its switch']),
      ...((kind === 'encapsulated') === before.encapsulated ? [] : ['its logins']),
    ];
    if (other.length === 0) return;
    const message = `${host.id} is not as before after the roll-back: ${other.join(', ')}`;
    throw trouble({ code: 'not_as_before', message });
  });
}

/** A step that fails leaves the others to be done, and something for a person to do. */
async function trying(
  rollout: KeyRollout,
  byHand: ByHand,
  todo: ByHand[],
  step: () => Promise<void>,
): Promise<boolean> {
  try {
    await step();
    return true;
  } catch (error) {
    const found = troubleOf(error);
    if (!found) throw error;
    todo.push(byHand);
    rollout.tell(`${found.message}; by hand: ${byHand.what}`, byHand.host);
    return false;
  }
}
