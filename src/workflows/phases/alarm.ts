import { CancellationScope, sleep } from '@temporalio/workflow';

/** A durable timer that is looked at among other things. */
export interface Alarm {
  rings: boolean;
  /** Nobody needs to be woken any more. */
  forget: () => void;
}

/** @param at - ms since the epoch; absent: never */
export function alarm(at: number | undefined): Alarm {
  const scope = new CancellationScope();
  const set: Alarm = { rings: false, forget: () => scope.cancel() };
  if (at === undefined) return set;
  void scope
    .run(async () => {
      await sleep(Math.max(1, at - Date.now()));
      set.rings = true;
    })
    .catch(() => undefined); // forgotten
  return set;
}
