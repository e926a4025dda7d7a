import {
  condition,
  defineUpdate,
  proxyActivities,
  proxyLocalActivities,
  setHandler,
  sleep,
} from '@temporalio/workflow';
import type * as activities from './activities.ts';

// What others would write to wait for a login, and to do a first contact.

const short = proxyActivities<typeof activities>({
  startToCloseTimeout: '10 s',
  retry: { maximumAttempts: 3 },
});

/** A timer and an activity a poll: what comes to mind first. */
export async function timerLoop(code: string, intervalMs: number): Promise<void> {
  while (!(await short.pollOnce(code))) await sleep(intervalMs);
}

/** Temporal's advice for polls that are rare: the server retries an activity that fails. */
export async function activityRetry(code: string, intervalMs: number): Promise<void> {
  const { pollOrFail } = proxyActivities<typeof activities>({
    startToCloseTimeout: '10 s',
    retry: { initialInterval: intervalMs, backoffCoefficient: 1 },
  });
  await pollOrFail(code);
}

/** Temporal's advice for polls that are frequent: one long activity that heartbeats. */
export async function longActivity(code: string, intervalMs: number): Promise<void> {
  const { pollUntilSignedIn } = proxyActivities<typeof activities>({
    startToCloseTimeout: '31 minutes',
    heartbeatTimeout: '90 s',
    retry: { initialInterval: '1 s' },
  });
  await pollUntilSignedIn(code, intervalMs);
}

export const authenticate = defineUpdate<void, [string[]]>('authenticate');

/** A device with an activity for each call of a first contact. */
export async function regularActivities(): Promise<void> {
  setHandler(authenticate, async (calls) => {
    for (const path of calls) await short.ask(path);
  });
  await condition(() => false);
}

/** The least that a device can cost on Temporal: all calls in one activity, and nothing kept of them. */
export async function oneLocalActivity(): Promise<void> {
  const { askAll } = proxyLocalActivities<typeof activities>({ startToCloseTimeout: '10 s' });
  setHandler(authenticate, askAll);
  await condition(() => false);
}
