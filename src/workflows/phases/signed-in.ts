import { condition } from '@temporalio/workflow';
import type { Device } from '../device.ts';
import { reasonOfEnd } from '../standing.ts';
import { type Phase, signOut } from '../state.ts';
import { runIsLong } from './long-run.ts';
import type { PhaseEnd } from './phase-end.ts';

/**
 * A viewer is signed in, until logout, a decision that says otherwise, or the profile's end. Every
 * answer checks the end by itself; the timer here moves the phase for operators.
 */
export async function signedIn(device: Device): Promise<PhaseEnd> {
  const { generation, phase } = device.state;
  if (phase.name !== 'signed-in') return {};
  const { notAfter } = phase.profile;
  // Read again after a play, as that of a trial is, the profile may end at another moment.
  const changed = () =>
    device.state.generation !== generation || endOf(device.state.phase) !== notAfter;
  const left = Math.max(1, notAfter - Date.now());
  const moved = await condition(
    () => changed() || runIsLong(device),
    Math.min(left, LONGEST_TIMER_MS),
  );
  const { phase: now } = device.state;
  const hasEnded = now.name === 'signed-in' && notAfter <= Date.now();
  if (!moved && !changed() && hasEnded) {
    device.change(signOut(device.state, reasonOfEnd(now)));
  }
  return {};
}

/** Profiles without an end in sight: look again once a year. */
const LONGEST_TIMER_MS = 365 * 24 * 3_600_000;

/** ms since the epoch. */
function endOf(phase: Phase): number | undefined {
  return phase.name === 'signed-in' ? phase.profile.notAfter : undefined;
}
