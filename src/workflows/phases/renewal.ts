import { condition, sleep } from '@temporalio/workflow';
import type { Device } from '../device.ts';
import { problemOf } from '../failures.ts';
import { openSession } from '../open-session.ts';
import { type AwaitingLogin, signOut } from '../state.ts';
import type { PhaseEnd } from './long-run.ts';

/** A sign of presence may be late by this much. */
const LATE_MS = 3_000;
/** While Adobe is away, a new session is tried again at growing distances, about half an hour long. */
const RETRY_MS = [5_000, 15_000, 60_000, 120_000, 300_000, 600_000, 600_000];

/**
 * The user's rule: an expired code leads to a new session and a new code without the app asking,
 * while somebody is there, and up to a limit. Nobody there: no further session.
 */
export async function afterTheCode(
  device: Device,
  login: AwaitingLogin,
  changed: () => boolean,
): Promise<PhaseEnd> {
  const wanted = await isAnotherWanted(device, login, changed);
  if (changed()) return {};
  if (!wanted) {
    device.change(signOut(device.state, 'code-expired'));
    return {};
  }
  for (const pause of [0, ...RETRY_MS]) {
    if (pause > 0) await sleep(pause);
    const opened = await device.phaseLock.runExclusive(
      async () => changed() || tryAgain(device, login),
    );
    if (opened) return { renewed: device.state.phase.name === 'awaiting-login' };
  }
  device.change(signOut(device.state, 'no-new-session'));
  return {};
}

async function isAnotherWanted(
  device: Device,
  login: AwaitingLogin,
  changed: () => boolean,
): Promise<boolean> {
  const { rule, limit } = device.state.settings?.automaticSessions ?? { rule: 'never', limit: 0 };
  if (rule === 'never' || device.state.automaticSessions >= limit) return false;
  if (rule === 'always' || somebodyThere(device, login)) return true;
  if (device.state.watchers.length === 0) return false;
  await condition(() => changed() || somebodyThere(device, login), LATE_MS);
  return somebodyThere(device, login);
}

/**
 * Somebody showed up lately: in the last two minutes of the code (a setting), or its second half
 * if it is a short one. The request that made the code says nothing about its end.
 */
function somebodyThere({ state, seenAt }: Device, { startedAt, notAfter }: AwaitingLogin): boolean {
  const window = Math.min(state.settings?.presenceWindowMs ?? 0, (notAfter - startedAt) / 2);
  return seenAt >= notAfter - window;
}

async function tryAgain(device: Device, login: AwaitingLogin): Promise<boolean> {
  const { automaticSessions } = device.state;
  try {
    await openSession(device, device.deadline(), login);
  } catch (error) {
    if (!problemOf(error)) throw error;
    device.publish();
    return false;
  }
  device.change({ ...device.state, automaticSessions: automaticSessions + 1 });
  return true;
}
