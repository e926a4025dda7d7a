import type { Mandate, RolloutReport, RolloutRequest } from './key-rollout/messages.ts';
import { close } from './key-rollout/close.ts';
import { encapsulate } from './key-rollout/encapsulate.ts';
import { examine } from './key-rollout/examine.ts';
import { receiveMessages } from './key-rollout/handlers.ts';
import { prove } from './key-rollout/prove.ts';
import { rollBack } from './key-rollout/roll-back.ts';
import { KeyRollout } from './key-rollout/rollout.ts';
import { shareKeys } from './key-rollout/share-keys.ts';
import { trouble, troubleOf } from './key-rollout/trouble.ts';

/**
 * Gives a publish farm one pair of keys, and encapsulated login tokens, so that a viewer stays
 * signed in whichever instance answers. First every instance gets the keys, then every instance the
 * switch; logins in every direction prove it. Whatever fails, all is put back as it was.
 */
export async function keyRollout(
  request: RolloutRequest,
  mandate?: Mandate,
): Promise<RolloutReport> {
  if (!mandate) throw withoutOrders();
  const rollout = new KeyRollout(request, mandate);
  receiveMessages(rollout);
  try {
    await examine(rollout);
    if (!request.dryRun) {
      await shareKeys(rollout);
      await encapsulate(rollout);
      await prove(rollout);
    }
    await close(rollout);
    return rollout.report();
  } catch (error) {
    const found = troubleOf(error);
    // A bug in this code fails the workflow task, and a deployment cures it.
    if (!found) throw error;
    const failure = await rollBack(rollout, found);
    await close(rollout);
    throw failure;
  }
}

function withoutOrders() {
  return trouble({
    code: 'refused',
    message:
      'the roll-out brings no orders for agents: start it with `devicepass aem keys rollout`',
  });
}
