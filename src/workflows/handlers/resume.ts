import type { Device } from '../device.ts';
import { refusal } from '../failures.ts';
import type { ResumeRequest, Standing } from '../messages.ts';
import { findProfile } from '../open-session.ts';
import { chooseMvpd } from '../state.ts';
import { askAdobe } from '../upstream.ts';

/** A second screen chose the provider for the code on the TV: the same session goes on with it (F4 5). */
export async function resume(device: Device, request: ResumeRequest): Promise<Standing> {
  const deadline = device.deadline();
  return device.phaseLock.runExclusive(async () => {
    const { generation, phase } = device.state;
    if (phase.name !== 'awaiting-login' || phase.code !== request.code) {
      throw refusal('unknown_code', `no login waits for code ${request.code}: get a new code`);
    }
    device.seenAt = Date.now();
    const redirectUrl = request.redirectUrl ?? phase.redirectUrl;
    const session = await askAdobe(
      device,
      deadline,
      { operation: 'resumeSession', whenRegistrationIsLost: 'refuse' },
      (asker) =>
        device.activities.resumeSession(asker, request.code, {
          mvpd: request.mvpd.id,
          ...(redirectUrl ? { redirectUrl } : {}),
        }),
    );
    // The poll may have found a profile meanwhile: then there is nothing left to choose.
    if (device.state.generation !== generation) return device.standing;
    if (session.action === 'authorize') {
      await findProfile(device, deadline, request.mvpd.id);
      return device.standing;
    }
    const { url, missingParameters } = session;
    device.change(
      chooseMvpd(device.state, {
        mvpd: request.mvpd,
        missingParameters,
        ...(url && session.action === 'authenticate' ? { url } : {}),
      }),
    );
    return device.standing;
  });
}
