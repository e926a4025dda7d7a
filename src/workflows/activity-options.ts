import {
  ActivityCancellationType,
  type ActivityOptions,
  type LocalActivityOptions,
} from '@temporalio/workflow';

// All retry and time-out options of the workflows, in one place. A request is one local activity, for a
// regular one costs four times as much; who waits for a login is no activity at all.

/**
 * One request to Adobe, with all the calls that it takes. It keeps to the handler's own deadline and
 * tries again by itself; these limits are for what goes wrong beside it.
 */
export const interactive: LocalActivityOptions = {
  scheduleToCloseTimeout: '10 s',
  retry: { initialInterval: '200 ms', backoffCoefficient: 2, maximumAttempts: 3 },
};

/** A process whose room is silent for so long is asked whether it lives. */
export const ROOM_SILENCE_MS = 4_000;
/** It has so long to answer. */
const ROOM_ANSWER_MS = 2_000;
/** A process that died was heard of this long before it is known, at most: its workflow's task was its own. */
export const DEAD_AFTER_MS = ROOM_SILENCE_MS + ROOM_ANSWER_MS + 3_000;

/** What one process alone can do: it hears of a device that waits no more. */
export function inRoom(taskQueue: string, room: string): ActivityOptions {
  return {
    taskQueue: roomQueue(taskQueue, room),
    scheduleToStartTimeout: '10 s',
    startToCloseTimeout: '10 s',
    retry: { maximumAttempts: 1 },
  };
}

/**
 * It says that it lives. One that was silent is asked anew, and has a few seconds to take that: only who
 * does not is dead. A pause of a process, or of Temporal, moves nobody.
 */
export function keepingRoom(taskQueue: string, room: string): ActivityOptions {
  return {
    taskQueue: roomQueue(taskQueue, room),
    scheduleToStartTimeout: ROOM_ANSWER_MS,
    startToCloseTimeout: 3_650 * 86_400_000,
    heartbeatTimeout: ROOM_SILENCE_MS,
    retry: { initialInterval: '100 ms', backoffCoefficient: 1 },
  };
}

/** Calling a page of devices takes a while. */
export const calling: LocalActivityOptions = {
  startToCloseTimeout: '1 minute',
  retry: { initialInterval: '1 s', backoffCoefficient: 2, maximumInterval: '30 s' },
};

/** A watcher that isn't there within three seconds is gone. */
export function delivery(taskQueue: string): ActivityOptions {
  return {
    taskQueue,
    scheduleToStartTimeout: '3 s',
    startToCloseTimeout: '3 s',
    retry: { maximumAttempts: 1 },
  };
}

/** The task queue of one process, whatever its room is called by now. */
export function roomQueue(taskQueue: string, room: string): string {
  return `${taskQueue}-room-${room.split('.')[0]}`;
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

/**
 * A reset of trials, at night: tried again for half a day, as long as it is of use. Nobody waits for it.
 */
export function managing(taskQueue: string): ActivityOptions {
  return {
    taskQueue: managementQueue(taskQueue),
    scheduleToStartTimeout: '10 minutes',
    startToCloseTimeout: '2 minutes',
    scheduleToCloseTimeout: '12 hours',
    retry: { initialInterval: '10 s', backoffCoefficient: 2, maximumInterval: '10 minutes' },
  };
}

/** The queue of calls to Adobe's management API; only workers with a statement for it serve it. */
export function managementQueue(taskQueue: string): string {
  return `${taskQueue}-management`;
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
