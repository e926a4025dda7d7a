import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import type { Worker } from '@temporalio/worker';
import { createDelivery } from '../activities/deliver.ts';
import type { Change } from '../workflows/messages.ts';
import { DevicePassError } from './errors.ts';

/** How to make a worker for a queue; kept apart so that who never watches loads no worker at all. */
export type DeliveryWorker = (
  taskQueue: string,
  activities: ReturnType<typeof createDelivery>,
) => Promise<{ worker: Worker; close: () => Promise<void> }>;

/**
 * Receives the changes of watched devices for this process: a small worker on a task queue of its
 * own, which workflows are told of by `watch`. No broker, and no polling.
 */
export class Deliveries {
  readonly taskQueue = `devicepass-watch-${randomUUID()}`;
  readonly #listeners = new Map<string, (change: Change) => void>();
  readonly #makeWorker: DeliveryWorker;
  readonly #stopped = new AbortController();
  #running: Promise<{ stop: () => Promise<void> }> | undefined;

  constructor(makeWorker: DeliveryWorker) {
    this.#makeWorker = makeWorker;
    setMaxListeners(0, this.#stopped.signal); // one for each watched device
  }

  /** Listens under a registration id until the returned function is called. */
  async listen(registration: string, listener: (change: Change) => void): Promise<() => void> {
    this.#listeners.set(registration, listener);
    const running = (this.#running ??= this.#start());
    try {
      await running;
    } catch {
      this.#listeners.delete(registration);
      if (this.#running === running) this.#running = undefined; // the next one tries again
      throw new DevicePassError(
        'temporal_unavailable',
        'no worker for changes could be started: watch again',
        { action: 'retry', retryable: true },
      );
    }
    return () => this.#listeners.delete(registration);
  }

  /** Aborts when this process receives no more changes. */
  get stopped(): AbortSignal {
    return this.#stopped.signal;
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    this.#listeners.clear();
    const running = await this.#running;
    this.#running = undefined;
    await running?.stop();
  }

  async #start(): Promise<{ stop: () => Promise<void> }> {
    const tell = (change: Change) => {
      const listener = this.#listeners.get(change.registration);
      listener?.(change);
      return listener !== undefined;
    };
    const { worker, close } = await this.#makeWorker(this.taskQueue, createDelivery(tell));
    // One that breaks is replaced with the next who listens.
    const done = worker.run().catch(() => {
      this.#running = undefined;
    });
    return {
      stop: async () => {
        if (worker.getState() === 'RUNNING') worker.shutdown();
        await done;
        await close();
      },
    };
  }
}
