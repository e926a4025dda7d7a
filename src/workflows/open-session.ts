import type { Session } from '../adobe-pass/index.ts';
import type { OwnSession } from '../activities/sessions.ts';
import type { Device } from './device.ts';
import { type Problem, problemOf, refusal } from './failures.ts';
import { signInDirectly } from './find-profile.ts';
import type { ChosenMvpd } from './messages.ts';
import { presentMvpd } from './left-behind.ts';
import { awaitLogin } from './state.ts';
import { askAdobe } from './upstream.ts';

export interface WantedSession {
  mvpd?: ChosenMvpd;
  screen: 'second' | 'same';
  redirectUrl?: string;
  /** The viewer wants a new sign-in, whatever profile there is. */
  restart?: boolean;
}

/** "E.g., 30 minutes" (`rest-api-v2-sessions-apis`), where Adobe doesn't say. */
const LIFE_MS = 30 * 60_000;
/** No code lives so long; Adobe's answers to polls end it before. */
const MAX_LIFE_MS = 24 * 3_600_000;
/** So many polls at least is a code worth, whatever the clocks say: sessions come no faster. */
const MIN_POLLS = 2;
/** Once for a profile that had to be ended first. */
const MAX_SESSIONS = 2;

/**
 * Opens a session at Adobe. Nearly always there is a code to show then; a valid profile, TempPass
 * or a degraded MVPD answers `authorize` with no code, and the device is signed in at once (F2 3).
 */
export async function openSession(
  device: Device,
  deadline: number,
  wanted: WantedSession,
): Promise<void> {
  for (let left = MAX_SESSIONS; ; left -= 1) {
    const { generation } = device.state;
    const session = await createSession(device, deadline, wanted);
    // The browser that came back may have signed the viewer in meanwhile: no code is needed then.
    if (device.state.generation !== generation && device.state.phase.name === 'signed-in') return;
    if (session.action === 'authorize') {
      const mvpd = session.mvpd ?? wanted.mvpd?.id;
      if (wanted.restart && mvpd !== undefined && mvpd === presentMvpd(device.state)) {
        // Signed in with it already: whoever wants it again, anew, chooses it with the code.
        const { mvpd: _present, restart: _done, ...open } = wanted;
        return openSession(device, deadline, open);
      }
      const hasEnded = left < MAX_SESSIONS;
      const came = await signInDirectly(device, deadline, { mvpd, code: session.code, hasEnded });
      if (came === 'signed-in') return;
      if (came === 'ended' && left > 1) continue;
    }
    return showCode(device, session, wanted);
  }
}

async function createSession(
  device: Device,
  deadline: number,
  { mvpd, screen, redirectUrl }: WantedSession,
): Promise<OwnSession> {
  return askAdobe(
    device,
    deadline,
    { operation: 'createSession', whenRegistrationIsLost: 'register-again' },
    (asker) =>
      device.activities.createSession(asker, {
        ...(mvpd ? { mvpd: mvpd.id } : {}),
        ...(redirectUrl ? { redirectUrl, orDefaultRedirect: screen === 'second' } : {}),
      }),
  );
}

function showCode(
  device: Device,
  session: OwnSession,
  { mvpd, screen, redirectUrl }: WantedSession,
): void {
  const { action, code, url, missingParameters, proof } = session;
  if (code === undefined || proof === undefined) throw noWayOn(device, action);
  if (!KNOWN_ACTIONS.includes(action)) recordUnknown(device, 'createSession', action);
  device.browserReturned = false;
  device.nudged = false;
  device.waitStopped = false;
  device.firstPollAt = undefined;
  device.change(
    awaitLogin(device.state, {
      code,
      startedAt: Date.now(),
      notAfter: endOfCode(device, session),
      missingParameters,
      screen,
      proof,
      // `resume` and `retry` answer with an address of the API, which is no page for a browser.
      ...(url && action === 'authenticate' ? { url } : {}),
      ...(mvpd ? { mvpd } : {}),
      ...(redirectUrl ? { redirectUrl } : {}),
    }),
  );
}

const KNOWN_ACTIONS: readonly string[] = ['authenticate', 'resume', 'retry', 'authorize'];

/** ms since the epoch. Adobe's time may be missing, or not fit our clock. */
function endOfCode({ state }: Device, { notAfter }: Session): number {
  const now = Date.now();
  const least = MIN_POLLS * (state.settings?.pollIntervalMs ?? 15_000);
  return Math.min(Math.max(notAfter ?? now + LIFE_MS, now + least), now + MAX_LIFE_MS);
}

function noWayOn(device: Device, action: string) {
  const problem: Problem = {
    code: 'no_profile',
    message: `Adobe Pass answered ${action}, with no code, but shows no profile`,
    action: 'none',
  };
  device.recordProblem('createSession', problem);
  return refusal(problem.code, problem.message);
}

/** An action that came into being later, or makes no sense here: operators see its name. */
export function recordUnknown(device: Device, operation: string, action: string): Problem {
  const problem: Problem = {
    code: 'unknown_action',
    message: `Adobe Pass answered with actionName ${JSON.stringify(action.slice(0, 80))}, which leads no further`,
    action: 'none',
  };
  device.recordProblem(operation, problem);
  return problem;
}

/**
 * The same without anybody asking: a provider that was chosen for an earlier code, and can't be had
 * any more, is left to be chosen anew.
 */
export async function reopenSession(
  device: Device,
  deadline: number,
  wanted: WantedSession,
): Promise<void> {
  try {
    await openSession(device, deadline, wanted);
  } catch (error) {
    const problem = problemOf(error);
    if (!problem || problem.retryable || wanted.mvpd === undefined) throw error;
    const { mvpd: _gone, ...open } = wanted;
    await openSession(device, deadline, open);
  }
}
