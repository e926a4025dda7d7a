import type { Device } from './device.ts';
import { problemOf, refusal } from './failures.ts';
import type { ChosenMvpd } from './messages.ts';
import { awaitLogin, signIn } from './state.ts';
import { askAdobe } from './upstream.ts';

export interface WantedSession {
  mvpd?: ChosenMvpd;
  screen: 'second' | 'same';
  redirectUrl?: string;
}

/**
 * Opens a session at Adobe. Nearly always there is a code to show then; a valid profile, TempPass
 * or a degraded MVPD answers `authorize` with no code, and the device is signed in at once (F2 3).
 */
export async function openSession(
  device: Device,
  deadline: number,
  { mvpd, screen, redirectUrl }: WantedSession,
): Promise<void> {
  const { generation } = device.state;
  const session = await askAdobe(
    device,
    deadline,
    { operation: 'createSession', whenRegistrationIsLost: 'register-again' },
    (asker) =>
      device.activities.createSession(asker, {
        ...(mvpd ? { mvpd: mvpd.id } : {}),
        ...(redirectUrl ? { redirectUrl } : {}),
      }),
  );
  // The browser that came back may have signed the viewer in meanwhile: no code is needed then.
  if (device.state.generation !== generation && device.state.phase.name === 'signed-in') return;
  if (session.code !== undefined && session.notAfter !== undefined) {
    const { code, url, notAfter, missingParameters } = session;
    device.browserReturned = false;
    device.nudged = false;
    device.waitStopped = false;
    device.firstPollAt = undefined;
    device.change(
      awaitLogin(device.state, {
        code,
        startedAt: Date.now(),
        notAfter,
        missingParameters,
        screen,
        // `resume` and `retry` answer with an address of the API, which is no page for a browser.
        ...(url && session.action === 'authenticate' ? { url } : {}),
        ...(mvpd ? { mvpd } : {}),
        ...(redirectUrl ? { redirectUrl } : {}),
      }),
    );
    return;
  }
  if (!(await findProfile(device, deadline, session.mvpd ?? mvpd?.id))) {
    throw refusal('no_profile', `Adobe Pass answered ${session.action} but shows no profile`);
  }
}

/** Looks for a profile that exists already, and signs the device in with it. */
export async function findProfile(
  device: Device,
  deadline: number,
  mvpd: string | undefined,
): Promise<boolean> {
  try {
    const profile = await askAdobe(
      device,
      deadline,
      { operation: 'profiles', whenRegistrationIsLost: 'register-again' },
      (asker) => device.activities.findProfile(asker, mvpd),
    );
    if (profile) device.change(signIn(device.state, profile));
    return profile !== null;
  } catch (error) {
    const problem = problemOf(error);
    // A used-up TempPass is a reason to sign in, not an error (F1 4).
    if (problem?.action === 'authentication') return false;
    // The integration with this MVPD is gone: choose again (F1 5).
    if (problem?.code === 'invalid_integration' && mvpd !== undefined) {
      const { rememberedMvpd: _gone, ...rest } = device.state;
      device.change(rest);
      return false;
    }
    throw error;
  }
}
