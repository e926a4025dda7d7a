import { condition } from '@temporalio/workflow';
import type { Device } from '../device.ts';
import { reasonOfEnd } from '../standing.ts';
import { signOut } from '../state.ts';
import { runIsLong } from './long-run.ts';
import type { PhaseEnd } from './phase-end.ts';

/**
 * A viewer is signed in, until logout, a decision that says otherwise, or the profile's end. Every
 * answer checks the end by itself; the timer here moves the phase for operators.
 */
export async function signedIn(device: Device): Promise<PhaseEnd> {
  const { generation, phase } = device.state;
  if (phase.name !== 'signed-in') return {};
  // What Adobe says of a trial after a play: its end may be another.
  const changed = () => device.state.generation !== generation || device.state.phase !== phase;
  const left = Math.max(1, phase.profile.notAfter - Date.now());
  const moved = await condition(
    () => changed() || runIsLong(device),
    Math.min(left, LONGEST_TIMER_MS),
  );
  if (!moved && !changed() && phase.profile.notAfter <= Date.now()) {
    device.change(signOut(device.state, reasonOfEnd(phase)));
  }
  return {};
}

/** Profiles without an end in sight: look again once a year. */
const LONGEST_TIMER_MS = 365 * 24 * 3_600_000;
