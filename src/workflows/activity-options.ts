import {
  ActivityCancellationType,
  type ActivityOptions,
  type LocalActivityOptions,
} from '@temporalio/workflow';

// All retry and time-out options of the workflows, in one place. The figures are the design's:
// a request is one local activity (23 ms CPU for four calls instead of 99 ms), waiting is
// one long heartbeating activity (0.3 cores for 2,000 devices instead of 1.9).

/**
 * One request to Adobe, with all the calls that it takes. It keeps to the handler's own deadline and
 * tries again by itself; these limits are for what goes wrong beside it.
 */
export const interactive: LocalActivityOptions = {
  scheduleToCloseTimeout: '10 s',
  retry: { initialInterval: '200 ms', backoffCoefficient: 2, maximumAttempts: 3 },
};

/** At least a minute of silence before another worker takes over, and four polls. */
export function heartbeatTimeoutMs(pollIntervalMs: number): number {
  return Math.max(60_000, 4 * pollIntervalMs);
}

/** Holds a task queue of its own, so that waiting never takes a slot from those who ask. */
export function waiting(
  taskQueue: string,
  pollIntervalMs: number,
  untilMs: number,
): ActivityOptions {
  return {
    taskQueue: loginQueue(taskQueue),
    scheduleToCloseTimeout: Math.max(untilMs, 0) + 10 * 60_000,
    heartbeatTimeout: heartbeatTimeoutMs(pollIntervalMs),
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    retry: { initialInterval: '200 ms', backoffCoefficient: 2, maximumInterval: '5 s' },
  };
}

/** A watcher that isn't there within three seconds is gone. */
export function delivery(taskQueue: string): ActivityOptions {
  return {
    taskQueue,
    scheduleToStartTimeout: '3 s',
    startToCloseTimeout: '3 s',
    retry: { maximumAttempts: 1 },
  };
}

/** The queue of the long waits that belongs to a queue of short calls. */
export function loginQueue(taskQueue: string): string {
  return `${taskQueue}-login`;
}

/** A short errand around AEM. A token of IMS is tried for three times in each attempt already. */
export function brief(taskQueue: string): ActivityOptions {
  return {
    taskQueue: aemQueue(taskQueue),
    scheduleToStartTimeout: '10 minutes',
    startToCloseTimeout: '2 minutes',
    retry: { initialInterval: '10 s', backoffCoefficient: 2, maximumAttempts: 3 },
  };
}

/** A whole catalogue, page by page: nobody waits for it, so an hour of trouble at AEM is outlasted. */
export function readingCatalogue(taskQueue: string): ActivityOptions {
  return {
    taskQueue: aemQueue(taskQueue),
    scheduleToStartTimeout: '10 minutes',
    startToCloseTimeout: '30 minutes',
    scheduleToCloseTimeout: '2 hours',
    heartbeatTimeout: '1 minute',
    retry: { initialInterval: '5 s', backoffCoefficient: 2, maximumInterval: '5 minutes' },
  };
}

/** The queue of slow work on AEM; only workers that have one serve it. */
export function aemQueue(taskQueue: string): string {
  return `${taskQueue}-aem`;
}

/** The task queue of the agent beside an AEM instance. */
export function hostQueue(id: string): string {
  return `aem-host:${id}`;
}

/**
 * One step on an AEM host: it waits for the host's agent, and hears by heartbeat that one has died.
 */
export function hostStep(
  id: string,
  limits: { heartbeatTimeoutMs: number; settleWithinMs: number; agentWithinMs: number },
): ActivityOptions {
  return {
    taskQueue: hostQueue(id),
    scheduleToStartTimeout: limits.agentWithinMs,
    // A step and its worst case: waiting for bundles, and requests that take their time.
    startToCloseTimeout: limits.settleWithinMs + 60_000,
    heartbeatTimeout: limits.heartbeatTimeoutMs,
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    retry: {
      initialInterval: '500 ms',
      backoffCoefficient: 2,
      maximumInterval: '10 s',
      maximumAttempts: 6,
    },
  };
}

/** The same for putting things back: as long as it takes, for an AEM may be restarting. */
export function patientHostStep(
  id: string,
  limits: Parameters<typeof hostStep>[1] & { rollBackWithinMs: number },
): ActivityOptions {
  const { retry, ...step } = hostStep(id, { ...limits, agentWithinMs: limits.rollBackWithinMs });
  const { maximumAttempts: _few, ...patient } = retry ?? {};
  return { ...step, scheduleToCloseTimeout: limits.rollBackWithinMs, retry: patient };
}
