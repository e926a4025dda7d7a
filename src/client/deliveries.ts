import { randomUUID } from 'node:crypto';
import type { Worker } from '@temporalio/worker';
import { createDelivery } from '../activities/deliver.ts';
import type { Change } from '../workflows/messages.ts';

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
  #running: Promise<{ stop: () => Promise<void> }> | undefined;

  constructor(makeWorker: DeliveryWorker) {
    this.#makeWorker = makeWorker;
  }

  /** Listens under a registration id until the returned function is called. */
  async listen(registration: string, listener: (change: Change) => void): Promise<() => void> {
    this.#listeners.set(registration, listener);
    this.#running ??= this.#start();
    await this.#running;
    return () => this.#listeners.delete(registration);
  }

  async stop(): Promise<void> {
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
    const done = worker.run();
    return {
      stop: async () => {
        if (worker.getState() === 'RUNNING') worker.shutdown();
        await done;
        await close();
      },
    };
  }
}
