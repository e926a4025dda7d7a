import type { OwnSession } from '../../activities/sessions.ts';
import type { Device } from '../device.ts';
import { refusal } from '../failures.ts';
import { signInDirectly } from '../find-profile.ts';
import type { ResumeRequest, Standing } from '../messages.ts';
import { recordUnknown } from '../open-session.ts';
import { plainCode } from '../plain-code.ts';
import { type AwaitingLogin, chooseMvpd } from '../state.ts';
import { askAdobe } from '../upstream.ts';

/**
 * A second screen chose the provider for the code on the TV: the same session goes on with it (F4 5).
 * Where that provider can't be had the code is good for another.
 */
export async function resume(device: Device, request: ResumeRequest): Promise<Standing> {
  const deadline = device.deadline();
  return device.phaseLock.runExclusive(async () => {
    const { generation } = device.state;
    const phase = loginWith(device, request.code);
    device.seenAt = Date.now();
    const changed = () => device.state.generation !== generation;
    const wanted = {
      code: phase.code,
      mvpd: request.mvpd.id,
      redirectUrl: request.redirectUrl ?? phase.redirectUrl,
      orDefaultRedirect: phase.screen === 'second',
    };
    let session = await nameMvpd(device, deadline, wanted);
    for (const hasEnded of [false, true]) {
      // The poll may have found a profile meanwhile: then there is nothing left to choose.
      if (changed()) return device.standing;
      if (session.action !== 'authorize') break;
      const came = await signInDirectly(device, deadline, { ...wanted, hasEnded });
      if (came === 'signed-in') return device.standing;
      if (came !== 'ended') break;
      session = await nameMvpd(device, deadline, wanted);
    }
    const { action, url, missingParameters, proof } = session;
    if (action !== 'authenticate' || url === undefined) throw anotherProvider(device, session);
    const own = proof ? { proof } : {};
    device.change(chooseMvpd(device.state, { mvpd: request.mvpd, missingParameters, url, ...own }));
    return device.standing;
  });
}

/** The login that waits with a code, however it was typed. @throws ApplicationFailure `unknown_code` */
export function loginWith({ state: { phase } }: Device, code: string): AwaitingLogin {
  if (phase.name === 'awaiting-login' && plainCode(phase.code) === plainCode(code)) return phase;
  throw refusal('unknown_code', `no login waits for code ${code}: get a new code`);
}

async function nameMvpd(
  device: Device,
  deadline: number,
  wanted: {
    code: string;
    mvpd: string;
    redirectUrl: string | undefined;
    orDefaultRedirect: boolean;
  },
): Promise<OwnSession> {
  const { code, mvpd, redirectUrl, orDefaultRedirect } = wanted;
  return askAdobe(
    device,
    deadline,
    { operation: 'resumeSession', whenRegistrationIsLost: 'refuse' },
    (asker) =>
      device.activities.resumeSession(asker, code, {
        mvpd,
        ...(redirectUrl ? { redirectUrl, orDefaultRedirect } : {}),
      }),
  );
}

/** `retry` though nothing is missing, `authorize` with no profile, or an action of later days. */
function anotherProvider(device: Device, { action }: OwnSession) {
  recordUnknown(device, 'resumeSession', action);
  return refusal('provider_unavailable', 'this provider can not be used now: choose another');
}
