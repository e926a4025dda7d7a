import type { Device } from '../device.ts';
import { refusal } from '../failures.ts';
import type { AuthenticateRequest, Standing } from '../messages.ts';
import { findProfile, openSession } from '../open-session.ts';
import { readSettings } from '../settings.ts';
import { hear } from '../state.ts';

/**
 * Signs the device in, or gives the code with which a viewer does. While a code is waiting it is
 * given again; a new one comes for `restart`, or for another provider.
 */
export async function authenticate(
  device: Device,
  request: AuthenticateRequest,
): Promise<Standing> {
  const deadline = device.deadline();
  return device.phaseLock.runExclusive(async () => {
    if (Date.now() >= deadline) {
      throw refusal(
        'deadline_exceeded',
        'an earlier request of this device took too long: ask again',
        {
          action: 'retry',
          retryable: true,
        },
      );
    }
    device.change(hear(device.state, request));
    device.seenAt = Date.now();
    if (isAnswered(device.standing, request)) return device.standing;

    await readSettings(device);
    device.change({ ...device.state, automaticSessions: 0 });
    const { rememberedMvpd } = device.state;
    const mvpd = request.mvpd ?? (request.restart ? undefined : rememberedMvpd);
    if (!(await findProfile(device, deadline, mvpd?.id))) {
      await openSession(device, deadline, {
        screen: request.screen ?? 'second',
        ...(request.mvpd ? { mvpd: request.mvpd } : {}),
        ...(request.redirectUrl ? { redirectUrl: request.redirectUrl } : {}),
      });
    }
    return device.standing;
  });
}

function isAnswered(now: Standing, { restart, mvpd }: AuthenticateRequest): boolean {
  switch (now.status) {
    case 'pending':
      return (
        !restart && now.expiresAt > Date.now() && (mvpd === undefined || mvpd.id === now.mvpd?.id)
      );
    case 'signed-in':
      return mvpd === undefined || mvpd.id === now.profile.mvpd.id;
    case 'signed-out':
      return false;
  }
}
