import type { Device } from '../device.ts';
import { refusal } from '../failures.ts';
import type { LogoutAnswer, LogoutRequest, Standing } from '../messages.ts';
import { hear, signOut } from '../state.ts';
import { askAdobe } from '../upstream.ts';

/**
 * Signs the viewer out, because a person asked for it. The answer says what the device has to do;
 * repeated, there is nothing left to do.
 */
export async function logout(device: Device, request: LogoutRequest): Promise<LogoutAnswer> {
  const deadline = device.deadline();
  return device.phaseLock.runExclusive(async () => {
    device.change(hear(device.state, request));
    const { phase } = device.state;
    if (phase.name === 'awaiting-login') throw loginUnderWay();
    if (phase.name !== 'signed-in') return { status: 'signed-out', actions: [] };
    const actions = await askAdobe(
      device,
      deadline,
      { operation: 'logout', whenRegistrationIsLost: 'refuse' },
      (asker) => device.activities.logout(asker, phase.profile.mvpd.id, request.redirectUrl),
    );
    if (device.state.phase.name === 'signed-in') device.change(signOut(device.state, 'logout'));
    return { status: 'signed-out', actions };
  });
}

/** What is to be ended is a login, not a sign-in. */
export function loginUnderWay() {
  return refusal('not_signed_in', 'a login is under way: abandon it instead of logging out');
}

/** Nobody wants the code any more: polling ends. Without a login under way nothing changes. */
export async function abandon(device: Device): Promise<Standing> {
  return device.phaseLock.runExclusive(async () => {
    if (device.state.phase.name === 'awaiting-login') {
      const { app, deviceId, generation } = device.state;
      const { stopped } = await device.activities.stopWaiting({ app, deviceId });
      // A nudge that was under way may have found the viewer signed in: that is not abandoned.
      if (device.state.generation !== generation) return device.standing;
      device.waitStopped = stopped > 0;
      device.change(signOut(device.state, 'abandoned'));
    }
    return device.standing;
  });
}
