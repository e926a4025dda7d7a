import { condition, proxyLocalActivities } from '@temporalio/workflow';
import type { Activities } from '../../activities/index.ts';
import * as options from '../activity-options.ts';
import type { Device } from '../device.ts';
import { problemOf } from '../failures.ts';
import { type AwaitingLogin, signIn } from '../state.ts';
import { askAdobe } from '../upstream.ts';
import type { PhaseEnd } from './long-run.ts';
import { afterTheCode } from './renewal.ts';
import { beginWait, type LoginWait } from './wait.ts';

const activities = proxyLocalActivities<Activities>(options.interactive);

/**
 * A code is on the screen. One long activity asks Adobe every 15 s whether the viewer has signed in;
 * a browser that comes back makes us ask at once. When the code runs out and somebody is still
 * there, a new session and a new code take its place.
 */
export async function awaitingLogin(device: Device): Promise<PhaseEnd> {
  const { generation, phase: login } = device.state;
  if (login.name !== 'awaiting-login') return {};
  const changed = () => device.state.generation !== generation;
  const wait = beginWait(device, login, changed);

  try {
    while (!wait.ended) {
      await condition(() => changed() || wait.ended !== undefined || device.browserReturned);
      if (changed()) return {};
      if (!wait.ended) await askNow(device, login, changed);
    }
    return await conclude(device, login, wait, changed);
  } finally {
    wait.cancel();
  }
}

/** The browser is back: the profile is there by now, or the wait goes on. */
async function askNow(device: Device, login: AwaitingLogin, changed: () => boolean): Promise<void> {
  device.browserReturned = false;
  try {
    const profile = await askAdobe(
      device,
      device.deadline(),
      { operation: 'profileByCode', whenRegistrationIsLost: 'refuse' },
      (asker) => activities.checkProfile(asker, login.code, login.startedAt),
    );
    if (profile && !changed()) device.change(signIn(device.state, profile));
  } catch (error) {
    if (!problemOf(error)) throw error;
    // The scheduled polls go on; the problem is on record for operators.
  }
}

async function conclude(
  device: Device,
  login: AwaitingLogin,
  { ended }: LoginWait,
  changed: () => boolean,
): Promise<PhaseEnd> {
  if (ended?.profile) {
    const { profile } = ended;
    await device.phaseLock.runExclusive(() => {
      if (!changed()) device.change(signIn(device.state, profile));
    });
    return {};
  }
  return afterTheCode(device, login, changed);
}
