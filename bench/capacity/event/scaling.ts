/**
 * By what the number of workers follows the load: devices that wait in rooms, that and the workers' CPU
 * (whatever wants more), or the backlog of the task queue.
 */
export const RULES = ['slots-and-cpu', 'slots', 'backlog'] as const;
export type Rule = (typeof RULES)[number];

export interface Scaling {
  rule: Rule;
  /** Devices that one worker may have in its room. */
  devicesPerWorker: number;
  /** Cores that one worker may use. */
  coresPerWorker: number;
  least: number;
  most: number;
}

/** What metrics say. */
export interface Seen {
  waiting: number;
  /** Cores that all workers use. */
  cores: number;
  /** Tasks that the queue has and no worker. */
  backlog: number;
  /** Those that are starting included. */
  workers: number;
}

/** KEDA's scaler of Temporal queues: `targetQueueSize`, by default. */
const TASKS_PER_WORKER = 5;
/**
 * Kubernetes' horizontal autoscaler, by default (`pkg/apis/autoscaling/v2/defaults.go` there): looks every
 * 15 s, ignores a tenth, doubles or adds four at most, and shrinks to the most that was wanted in five
 * minutes.
 */
export const LOOK_EVERY_S = 15;
const TOLERANCE = 0.1;
const REMEMBERED_S = 300;
const ADDED_AT_LEAST = 4;

/** How many workers there should be, asked for every 15 s. */
export function autoscaler({ rule, devicesPerWorker, coresPerWorker, least, most }: Scaling) {
  let wanted: number[] = [];
  return ({ waiting, cores, backlog, workers }: Seen): number => {
    const loads: Record<Rule, number> = {
      slots: waiting / devicesPerWorker,
      'slots-and-cpu': Math.max(waiting / devicesPerWorker, cores / coresPerWorker),
      backlog: backlog / TASKS_PER_WORKER,
    };
    const load = loads[rule];
    const near = Math.abs(load / workers - 1) <= TOLERANCE;
    const now = Math.min(most, Math.max(least, near ? workers : Math.ceil(load)));
    wanted = [...wanted, now].slice(-REMEMBERED_S / LOOK_EVERY_S);
    if (now > workers) return Math.min(now, Math.max(2 * workers, workers + ADDED_AT_LEAST));
    return Math.min(workers, Math.max(...wanted));
  };
}
