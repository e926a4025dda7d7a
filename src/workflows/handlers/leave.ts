import { proxyLocalActivities } from '@temporalio/workflow';
import type { Activities } from '../../activities/index.ts';
import * as options from '../activity-options.ts';
import type { Device } from '../device.ts';
import type { LogoutAnswer, LogoutRequest, Standing } from '../messages.ts';
import { hear, signOut } from '../state.ts';
import { askAdobe } from '../upstream.ts';

const activities = proxyLocalActivities<Activities>(options.interactive);

/**
 * Signs the viewer out, because a person asked for it. The answer says what the device has to do;
 * repeated, there is nothing left to do.
 */
export async function logout(device: Device, request: LogoutRequest): Promise<LogoutAnswer> {
  const deadline = device.deadline();
  return device.phaseLock.runExclusive(async () => {
    device.change(hear(device.state, request));
    const { phase } = device.state;
    if (phase.name !== 'signed-in') return { status: 'signed-out', actions: [] };
    const actions = await askAdobe(
      device,
      deadline,
      { operation: 'logout', whenRegistrationIsLost: 'refuse' },
      (asker) => activities.logout(asker, phase.profile.mvpd.id, request.redirectUrl),
    );
    if (device.state.phase.name === 'signed-in') device.change(signOut(device.state, 'logout'));
    return { status: 'signed-out', actions };
  });
}

/** Nobody wants the code any more: polling ends. Without a login under way nothing changes. */
export async function abandon(device: Device): Promise<Standing> {
  return device.phaseLock.runExclusive(async () => {
    if (device.state.phase.name === 'awaiting-login') {
      device.change(signOut(device.state, 'abandoned'));
      const { app, deviceId } = device.state;
      await activities.stopWaiting({ app, deviceId });
    }
    return device.standing;
  });
}
