import { setTimeout as sleep } from 'node:timers/promises';

const TEN_MINUTES_MS = 600_000;
const ENOUGH_MS = 15_000;

/** All gateways count by the same ten minutes: a test that counts must not fall on their end. */
export async function untilTheyLast(): Promise<void> {
  const left = TEN_MINUTES_MS - (Date.now() % TEN_MINUTES_MS);
  if (left < ENOUGH_MS) await sleep(left + 100);
}
