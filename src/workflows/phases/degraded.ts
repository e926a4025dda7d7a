import { condition } from '@temporalio/workflow';
import { isDegraded } from '../../profile-marks.ts';
import type { Device } from '../device.ts';
import { problemOf } from '../failures.ts';
import { presentProfile } from '../left-behind.ts';
import type { SignedInProfile } from '../messages.ts';
import { signOut, stayDegraded } from '../state.ts';
import { askAdobe } from '../upstream.ts';

/** How long before its end a degraded profile is asked for again; of a short life a tenth. */
const AHEAD_MS = 5_000;
/** Who asked for anything so lately is still there. */
const THERE_MS = 10 * 60_000;
/** Less than this is no longer life. */
const LEAST_MS = 1_000;

/** ms: how long before the end of a life of this length it is asked whether the rule still holds. */
export function askedAhead(leftMs: number): number {
  return Math.min(AHEAD_MS, leftMs / 10);
}

/**
 * A degraded profile is about to end. It is as long as the rule, of which Adobe tells a minute at a time
 * (`rest-api-v2-access-degraded-flows`): while somebody is there Adobe is asked again, and where the rule
 * still holds nobody notices. Nobody there: the device asks when somebody is.
 */
export async function askForTheRule(device: Device, changed: () => boolean): Promise<void> {
  const before = presentProfile(device.state);
  if (!before) return;
  const isOther = () => changed() || presentProfile(device.state)?.notAfter !== before.notAfter;
  if (isThere(device)) {
    await device.phaseLock.runExclusive(async () => {
      if (!isOther()) await lookAgain(device, before, changed);
    });
  }
  if (isOther() || (await condition(isOther, Math.max(1, before.notAfter - Date.now())))) return;
  device.change(signOut(device.state, 'profile-expired'));
}

async function lookAgain(
  device: Device,
  { mvpd: { id }, notAfter }: SignedInProfile,
  changed: () => boolean,
): Promise<void> {
  try {
    const found = await askAdobe(device, device.deadline(), 'profiles', (asker) =>
      device.activities.lookForProfile(asker, { degraded: id, remembered: id, passOver: [] }),
    );
    // Any other is for those who ask to sign in.
    if (!found || !isDegraded(found) || changed()) return;
    if (found.notAfter > notAfter + LEAST_MS) device.change(stayDegraded(device.state, found));
  } catch (error) {
    if (!problemOf(error)) throw error; // on record for operators already
  }
}

function isThere({ state, seenAt }: Device): boolean {
  return state.watchers.length > 0 || Date.now() - seenAt < THERE_MS;
}
