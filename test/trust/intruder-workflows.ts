import {
  condition,
  defineQuery,
  defineUpdate,
  proxyActivities,
  setHandler,
} from '@temporalio/workflow';

/** Workflows of somebody who has Temporal and no key: whatever they like, on a queue of their own. */

/** Under the id of a device: answers whatever it was told to. */
export async function deviceLifecycle(answers: Record<string, unknown>): Promise<void> {
  for (const name of ['authenticate', 'authorize', 'resume', 'watch', 'logout']) {
    setHandler(defineUpdate<unknown, [unknown]>(name), () => answers[name]);
  }
  setHandler(defineQuery<unknown>('view'), () => answers['view']);
  await condition(() => false);
}

/** Asks a worker for an activity, with arguments of its own. */
export async function errand(
  taskQueue: string,
  activity: string,
  args: unknown[],
): Promise<unknown> {
  const activities = proxyActivities<Record<string, (...given: unknown[]) => Promise<unknown>>>({
    taskQueue,
    scheduleToStartTimeout: '5 s',
    startToCloseTimeout: '30 s',
    retry: { maximumAttempts: 1 },
  });
  return activities[activity]?.(...args);
}
