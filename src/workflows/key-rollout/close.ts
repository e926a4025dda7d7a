import { CancellationScope } from '@temporalio/workflow';
import type { KeyRollout } from './rollout.ts';
import { troubleOf } from './trouble.ts';

/**
 * Tells every agent that the roll-out is over: orders that were not used are worth nothing any more.
 * Where one can't be told they grow too old.
 */
export async function close(rollout: KeyRollout): Promise<void> {
  const reached = rollout.hosts.filter(({ examined }) => examined !== undefined);
  await CancellationScope.nonCancellable(async () => {
    await Promise.all(
      reached.map(async ({ agent }) =>
        agent.endRollout({}).catch((error: unknown) => {
          if (!troubleOf(error)) throw error;
        }),
      ),
    );
  });
}
