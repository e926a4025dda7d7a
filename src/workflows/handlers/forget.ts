import { workflowInfo } from '@temporalio/workflow';
import type { Device } from '../device.ts';
import { refusal } from '../failures.ts';
import { presentProfile } from '../left-behind.ts';
import type { ForgetAnswer, ForgetRequest } from '../messages.ts';
import { signOut } from '../state.ts';
import { endLogin, logoutAtAdobe } from './leave.ts';

/**
 * Ends the device for good, signed in or not: what Adobe's Privacy Service has to be told is in the
 * answer, for nobody knows it afterwards ("How to make a privacy request"). Asked twice, the second
 * has nothing left to tell.
 */
export async function forget(
  device: Device,
  { logsOut = false }: ForgetRequest,
): Promise<ForgetAnswer> {
  const deadline = device.deadline();
  return device.phaseLock.runExclusive(async () => {
    const { runId } = workflowInfo();
    if (device.isForgotten) return { runId };
    // A browser that has just come back may sign the viewer in all the same.
    if (device.state.phase.name === 'awaiting-login') await endLogin(device, 'forgotten');
    const profile = profileOf(device);
    const { serviceProvider } = device.state.settings ?? {};
    const logout =
      profile && logsOut
        ? await logoutAtAdobe(device, {
            deadline,
            mvpd: profile.mvpd.id,
            asWhom: { onItsOwn: true },
          })
        : undefined;
    device.isForgotten = true;
    device.change(signOut(device.state, 'forgotten'));
    return {
      runId,
      ...(profile ? { profile } : {}),
      ...(profile && serviceProvider ? { serviceProvider } : {}),
      ...(logout ? { logout } : {}),
    };
  });
}

function profileOf({ state }: Device): ForgetAnswer['profile'] {
  const profile = presentProfile(state);
  if (!profile) return undefined;
  const { mvpd, notAfter, attributes } = profile;
  return { mvpd, notAfter, attributes };
}

/** What a device that is being forgotten answers: in a moment a new life may begin. */
export function beingForgotten() {
  return refusal('device_forgotten', 'the device is being forgotten: ask again in a moment', {
    action: 'retry',
    retryable: true,
  });
}
