import { condition } from '@temporalio/workflow';
import type { LoginFound } from '../../activities/requests/waiting.ts';
import type { Device } from '../device.ts';
import { problemOf } from '../failures.ts';
import { lookOnceMore, seekSignIn } from '../seek-sign-in.ts';
import { type AwaitingLogin, signOut } from '../state.ts';
import type { PhaseEnd } from './phase-end.ts';

/** A sign of presence may be late by this much. */
const LATE_MS = 3_000;
/** Who watches asks for the new code itself for at least so long after the old one's end. */
const ASKED_FOR_MS = 10_000;
/** While Adobe is away, a new session is tried again at growing distances, about half an hour long. */
const RETRY_MS = [5_000, 15_000, 60_000, 120_000, 300_000, 600_000, 600_000];

/**
 * The user's rule: an expired code leads to a new session and a new code without the app asking,
 * while somebody is there, and up to a limit. Nobody there: no further session. A code that Adobe
 * ended before its time is treated likewise.
 */
export async function afterTheCode(
  device: Device,
  login: AwaitingLogin,
  outcome: LoginFound['outcome'] | 'expired',
  changed: () => boolean,
): Promise<PhaseEnd> {
  if (!(await isAnotherWanted(device, login, changed))) {
    const reason = outcome === 'registration-lost' ? outcome : 'code-expired';
    await leave(device, reason, changed, { looksOnceMore: outcome === 'expired' });
    return {};
  }
  for (const pause of [0, ...RETRY_MS]) {
    if (pause > 0) await condition(changed, pause);
    const opened = await device.phaseLock.runExclusive(
      async () => !changed() && tryAgain(device, login),
    );
    if (opened) return { renewed: isAskedFor(device, login) };
    if (changed()) return {};
  }
  await leave(device, 'no-new-session', changed);
  return {};
}

/**
 * Signs out in turn, for a request that is under way may know better what comes next. The viewer may
 * have finished in the last moments, and nobody may have said so.
 */
async function leave(
  device: Device,
  reason: 'code-expired' | 'registration-lost' | 'no-new-session',
  changed: () => boolean,
  { looksOnceMore = false } = {},
): Promise<void> {
  await device.phaseLock.runExclusive(async () => {
    if (looksOnceMore && !changed()) await lookOnceMore(device, device.deadline());
    if (!changed()) device.change(signOut(device.state, reason));
  });
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
  // Nobody could know that a code would end early. Who watches hears of the new one, or is forgotten.
  if (isEarly(login)) return true;
  await condition(() => changed() || somebodyThere(device, login), LATE_MS);
  return somebodyThere(device, login);
}

/**
 * Somebody showed up lately: in the last two minutes of the code (a setting), or its second half
 * if it is a short one. The request that made the code says nothing about its end.
 */
function somebodyThere({ state, seenAt }: Device, { startedAt, notAfter }: AwaitingLogin): boolean {
  const window = Math.min(state.settings?.presenceWindowMs ?? 0, (notAfter - startedAt) / 2);
  return seenAt >= Math.min(notAfter, Date.now()) - window;
}

async function tryAgain(device: Device, login: AwaitingLogin): Promise<boolean> {
  const { automaticSessions, phase } = device.state;
  const deadline = device.deadline();
  // A second screen may have chosen the provider after the wait began: that changes the phase only.
  const wanted = phase.name === 'awaiting-login' ? phase : login;
  try {
    // The viewer may have finished after the last poll, and nobody may have said so (S2S-21).
    await seekSignIn(device, deadline, wanted, { withProfile: true });
  } catch (error) {
    if (!problemOf(error)) throw error;
    device.publish();
    return false;
  }
  if (device.state.phase.name === 'awaiting-login') {
    device.change({ ...device.state, automaticSessions: automaticSessions + 1 });
  }
  return true;
}

function isEarly({ notAfter }: AwaitingLogin): boolean {
  return Date.now() < notAfter;
}

function isAskedFor({ state }: Device, { notAfter }: AwaitingLogin): boolean {
  const sinceTheEnd = Date.now() - notAfter;
  return state.phase.name === 'awaiting-login' && sinceTheEnd >= 0 && sinceTheEnd < ASKED_FOR_MS;
}
