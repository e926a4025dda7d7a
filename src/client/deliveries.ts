import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import type { Worker } from '@temporalio/worker';
import { createDelivery } from '../activities/deliver.ts';
import type { Change, Standing, Watcher } from '../workflows/messages.ts';
import { DevicePassError } from './errors.ts';
import { watchForStalls } from './stalls.ts';

/** How to make a worker for a queue; kept apart so that who never watches loads no worker at all. */
export type DeliveryWorker = (
  taskQueue: string,
  activities: ReturnType<typeof createDelivery>,
) => Promise<{ worker: Pick<Worker, 'run' | 'shutdown' | 'getState'>; close: () => Promise<void> }>;

/** Who wants to hear of one device. */
export interface Listener {
  tell: (change: Change) => void;
  /** Changes may have passed unheard: ask where the device stands. */
  missed: () => void;
}

/** Who waits for a device's life to begin: whoever begins it may name the watcher, and tell the answer. */
export interface Expecting {
  watcher: Watcher;
  answered: (standing: Standing) => void;
}

/** All in ms; tests have no patience. */
export interface DeliveryTimes {
  tick: number;
  /** A process that is silent for 3 s is forgotten (`delivery` of the workflows). */
  stalledAfter: number;
  /** Over how long the questions of all that may have missed something are spread. */
  spread: number;
  /** How often each watch asks anyway. */
  checkEvery: number;
  /** Before a broken worker is started again, doubled with each failure up to 30 s. */
  restartAfter: number;
}

const TIMES: DeliveryTimes = {
  tick: 1_000,
  stalledAfter: 2_500,
  spread: 3_000,
  checkEvery: 300_000,
  restartAfter: 1_000,
};
const MAX_RESTART_PAUSE_MS = 30_000;

/**
 * Receives the changes of watched devices for this process: a small worker on a task queue of its
 * own, which workflows are told of by `watch`. No broker, and no polling.
 *
 * A workflow forgets who does not answer in time, and can't say so. So whoever may have missed a
 * change is told to ask.
 */
export class Deliveries {
  readonly taskQueue = `devicepass-watch-${randomUUID()}`;
  readonly times: DeliveryTimes;
  readonly #listeners = new Map<string, Listener>();
  readonly #expecting = new Map<string, Map<() => void, Expecting>>();
  readonly #makeWorker: DeliveryWorker;
  readonly #stopped = new AbortController();
  #running: Promise<{ stop: () => Promise<void> }> | undefined;

  constructor(makeWorker: DeliveryWorker, times: DeliveryTimes = TIMES) {
    this.#makeWorker = makeWorker;
    this.times = times;
    setMaxListeners(0, this.#stopped.signal); // one for each watched device
    watchForStalls(times, this.#stopped.signal, () => this.missed());
  }

  /** Listens under a registration id until the returned function is called. */
  listen(registration: string, listener: Listener): () => void {
    this.#listeners.set(registration, listener);
    return () => this.#listeners.delete(registration);
  }

  /**
   * Waits until this process has begun the life of a device, a while has passed, or the signal aborts.
   *
   * @param ms - How long at most
   */
  async untilBegun(
    workflowId: string,
    ms: number,
    signal: AbortSignal,
    expecting: Expecting,
  ): Promise<void> {
    const waiting = this.#expecting.get(workflowId) ?? new Map<() => void, Expecting>();
    this.#expecting.set(workflowId, waiting);
    await new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        waiting.delete(done);
        if (waiting.size === 0) this.#expecting.delete(workflowId);
        resolve();
      };
      const timer = setTimeout(done, ms).unref();
      signal.addEventListener('abort', done, { once: true });
      waiting.set(done, expecting);
      if (signal.aborted) done();
    });
  }

  /** A device has been heard of: who waits for it may ask. */
  begun(workflowId: string): void {
    for (const look of this.#expecting.get(workflowId)?.keys() ?? []) look();
  }

  /** One of those in this process who wait for the life of a device to begin. */
  expecting(workflowId: string): Expecting | undefined {
    const [first] = this.#expecting.get(workflowId)?.values() ?? [];
    return first;
  }

  /**
   * Resolves once changes are received.
   *
   * @throws DevicePassError `temporal_unavailable`
   */
  async ready(): Promise<void> {
    const running = (this.#running ??= this.#start());
    try {
      await running;
    } catch {
      if (this.#running === running) this.#running = undefined; // the next one tries again
      throw new DevicePassError(
        'temporal_unavailable',
        'no worker for changes could be started: watch again',
        { action: 'retry', retryable: true },
      );
    }
  }

  /** Aborts when this process receives no more changes. */
  get stopped(): AbortSignal {
    return this.#stopped.signal;
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    this.#listeners.clear();
    const running = await this.#running?.catch(() => undefined);
    this.#running = undefined;
    await running?.stop();
  }

  async #start(): Promise<{ stop: () => Promise<void> }> {
    const tell = (change: Change) => {
      const listener = this.#listeners.get(change.registration);
      listener?.tell(change);
      return listener !== undefined;
    };
    const { worker, close } = await this.#makeWorker(this.taskQueue, createDelivery(tell));
    const done = worker
      .run()
      .catch(() => undefined) // the SDK has logged it
      .then(close)
      .catch(() => undefined)
      .then(() => this.#ended());
    return {
      stop: async () => {
        if (worker.getState() === 'RUNNING') worker.shutdown();
        await done;
      },
    };
  }

  /** A worker that breaks is replaced for those who listen already, too. */
  #ended(): void {
    this.#running = undefined;
    if (this.#stopped.signal.aborted) return;
    void this.#startAgain(this.times.restartAfter);
  }

  async #startAgain(pause: number): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, pause).unref());
    if (this.#stopped.signal.aborted || this.#listeners.size === 0) return;
    try {
      await this.ready();
      this.missed();
    } catch {
      await this.#startAgain(Math.min(2 * pause, MAX_RESTART_PAUSE_MS));
    }
  }

  /** Changes may have passed unheard: whoever listens asks where its device stands. */
  missed(): void {
    for (const listener of this.#listeners.values()) listener.missed();
  }
}
