import type { RolloutReport, RolloutRequest } from './key-rollout/messages.ts';
import { encapsulate } from './key-rollout/encapsulate.ts';
import { examine } from './key-rollout/examine.ts';
import { receiveMessages } from './key-rollout/handlers.ts';
import { prove } from './key-rollout/prove.ts';
import { rollBack } from './key-rollout/roll-back.ts';
import { KeyRollout } from './key-rollout/rollout.ts';
import { shareKeys } from './key-rollout/share-keys.ts';
import { troubleOf } from './key-rollout/trouble.ts';

/**
 * Gives a publish farm one pair of keys, and encapsulated login tokens, so that a viewer stays
 * signed in whichever instance answers. First every instance gets the keys, then every instance the
 * switch; logins in every direction prove it. Whatever fails, all is put back as it was.
 */
export async function keyRollout(request: RolloutRequest): Promise<RolloutReport> {
  const rollout = new KeyRollout(request);
  receiveMessages(rollout);
  try {
    await examine(rollout);
    if (!request.dryRun) {
      await shareKeys(rollout);
      await encapsulate(rollout);
      await prove(rollout);
    }
    return rollout.report();
  } catch (error) {
    const trouble = troubleOf(error);
    // A bug in this code fails the workflow task, and a deployment cures it.
    if (!trouble) throw error;
    throw await rollBack(rollout, trouble);
  }
}
