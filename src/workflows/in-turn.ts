import {
  type LocalActivityInterfaceFor,
  type LocalActivityOptions,
  proxyLocalActivities,
} from '@temporalio/workflow';
import type { Mutex } from 'async-mutex';
import type { Activities } from '../activities/index.ts';

/**
 * The local activities of one device, one after the other. Where two of them overlap in a workflow
 * task, their results may come back in another order at replay, and the device would be stuck at
 * its next worker (sdk-typescript issue 1744; seen here with a permit and a denial at once).
 */
export function inTurn(
  options: LocalActivityOptions,
  lock: Mutex,
): LocalActivityInterfaceFor<Activities> {
  const activities = proxyLocalActivities<Activities>(options);
  return new Proxy(activities, {
    get:
      (_target, name) =>
      (...args: unknown[]) =>
        lock.runExclusive(() => Reflect.apply(Reflect.get(activities, name), undefined, args)),
  });
}
