import { condition, sleep } from '@temporalio/workflow';
import type { Device } from '../device.ts';
import { isQuiet } from './long-run.ts';
import { sayGoodbye } from '../watchers.ts';

const DAY_MS = 24 * 3_600_000;
const DEFAULTS = { neverSignedInMs: DAY_MS, signedOutMs: 400 * DAY_MS };

/** ms since the epoch: when the life of a device that is signed out ends, unless it is heard of before. */
export function lifeEndsAt({ state, heardAt }: Device): number {
  const { neverSignedInMs, signedOutMs } = state.settings?.lives ?? DEFAULTS;
  return heardAt + (state.hasSignedIn ? signedOutMs : neverSignedInMs);
}

/**
 * Whether nothing came in between, once who watches was told: they wait for the next life. What comes
 * with the very last task makes the server repeat that, and is found here.
 */
export async function isLeftAlone(device: Device): Promise<boolean> {
  const { heardAt } = device;
  await sayGoodbye(device);
  await condition(() => isQuiet(device));
  return device.heardAt === heardAt && device.state.phase.name === 'signed-out';
}

/** A run must not end in the task that answers who asked for it (see `isTimeForANewRun`). */
const AFTER_THE_ANSWER_MS = 100;

/** The end of a device that is to be forgotten, once who watches knows that nobody is signed in. */
export async function endForgotten(device: Device): Promise<void> {
  await sayGoodbye(device);
  await condition(() => isQuiet(device));
  await sleep(AFTER_THE_ANSWER_MS);
}
