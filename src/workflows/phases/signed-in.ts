import { condition, patched } from '@temporalio/workflow';
import { isDegraded, SAME_WITHIN_MS } from '../../profile-marks.ts';
import type { Device } from '../device.ts';
import { presentProfile } from '../left-behind.ts';
import { reasonOfEnd } from '../standing.ts';
import { signOut } from '../state.ts';
import { askedAhead, askForTheRule } from './degraded.ts';
import { runIsLong } from './long-run.ts';
import type { PhaseEnd } from './phase-end.ts';

/**
 * A viewer is signed in, until logout, a decision that says otherwise, or the profile's end. Every
 * answer checks the end by itself; the timer here moves the phase for operators.
 */
export async function signedIn(device: Device): Promise<PhaseEnd> {
  const { generation, phase } = device.state;
  if (phase.name !== 'signed-in') return {};
  const changed = () => device.state.generation !== generation;
  // Where the profile was read again, as that of a trial is after a play; one that ends later is for the
  // timer to find out.
  const { notAfter } = phase.profile;
  const endsEarlier = () => (endOf(device) ?? Infinity) < notAfter - SAME_WITHIN_MS;
  const degraded = isDegraded(phase.profile);
  const life = Math.max(1, notAfter - Date.now());
  const left = degraded ? life - askedAhead(life) : life;
  const moved = await condition(
    () => changed() || endsEarlier() || runIsLong(device),
    Math.min(left, LONGEST_TIMER_MS),
  );
  // A request may have found a later end meanwhile.
  const isNear = () => (endOf(device) ?? 0) - Date.now() < 2 * askedAhead(life);
  if (degraded && !moved && !changed() && isNear() && patched('degradation')) {
    await askForTheRule(device, changed);
    return {};
  }
  const { phase: now } = device.state;
  if (!moved && !changed() && now.name === 'signed-in' && now.profile.notAfter <= Date.now()) {
    device.change(signOut(device.state, reasonOfEnd(now)));
  }
  return {};
}

/** ms since the epoch, while somebody is signed in */
function endOf({ state }: Device): number | undefined {
  return presentProfile(state)?.notAfter;
}

/** Profiles without an end in sight: look again once a year. */
const LONGEST_TIMER_MS = 365 * 24 * 3_600_000;
