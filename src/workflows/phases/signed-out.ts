import { condition } from '@temporalio/workflow';
import type { Device } from '../device.ts';
import { lifeEndsAt } from './life.ts';
import { runIsLong } from './long-run.ts';
import type { PhaseEnd } from './phase-end.ts';

/**
 * Nobody is signed in. `authenticate` ends this phase, and so does the end of the device's life; one
 * timer waits for that, and looks anew where the device was heard of meanwhile.
 */
export async function signedOut(device: Device): Promise<PhaseEnd> {
  const { generation } = device.state;
  const ended = () =>
    device.state.generation !== generation || runIsLong(device) || device.isStranger;
  for (;;) {
    const left = lifeEndsAt(device) - Date.now();
    if (left <= 0) return { isOver: true };
    if (await condition(ended, left)) return {};
  }
}
