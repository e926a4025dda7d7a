import type { Change } from '../workflows/messages.ts';

/**
 * The one activity that a watching process serves on a task queue of its own (see `watch`). It
 * answers whether anybody there still cares for the device; who doesn't is forgotten.
 */
export interface DeliveryActivities {
  deliver(change: Change): Promise<{ listening: boolean }>;
}

/** Wires `deliver` to whatever holds the listeners. */
export function createDelivery(tell: (change: Change) => boolean): DeliveryActivities {
  return {
    async deliver(change) {
      return { listening: tell(change) };
    },
  };
}
