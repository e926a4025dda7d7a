import { patched } from '@temporalio/workflow';
import { heard } from '../account.ts';
import type { Device } from '../device.ts';
import { problemOf, refusal } from '../failures.ts';
import type { AuthenticateRequest, FromDevice, Standing } from '../messages.ts';
import { lookOnceMore, seekSignIn } from '../seek-sign-in.ts';
import { seekTrial } from '../seek-trial.ts';
import { beingForgotten } from './forget.ts';
import { isDegraded, isTrial } from '../../profile-marks.ts';
import { addWatcher, type AwaitingLogin, hearOfApp, leaveHousehold, type Phase } from '../state.ts';

/**
 * Signs the device in, or gives the code with which a viewer does. While a code is waiting it is
 * given again; a new one comes for `restart`, for another provider, screen or page to return to.
 * `restart` also wins over a sign-in: nothing is looked for that is there already.
 */
export async function authenticate(
  device: Device,
  request: AuthenticateRequest,
): Promise<Standing> {
  const deadline = device.deadline();
  return device.phaseLock.runExclusive(async () => {
    hearOfSignIn(device, deadline, request);
    if (isAnswered(device, request)) {
      // The viewer may have signed in with another app, or on another TV, since.
      // A login that was refused may have been finished: only one by the code itself counts then.
      const { refusedLogin } = device.state;
      const mayBeShared =
        request.singleSignOn && !refusedLogin && device.standing.status === 'pending';
      if (mayBeShared && patched('shared-meanwhile')) await lookOnceMore(device, deadline);
      return answer(device, request);
    }
    // A sign-in begins: of whoever it is, the household of the one before should know nothing.
    if (!request.household) device.change(leaveHousehold(device.state));

    const { trial, tempPassIdentity } = request;
    // Workers before trials read the request as one for any sign-in.
    if (trial && patched('trials')) {
      await seekTrial(device, deadline, tempPassIdentity);
      return answer(device, request);
    }
    const { mvpd, screen = 'second', redirectUrl, restart = false } = request;
    // A login with a code that is given up may just have been finished; a sign-in that is, is known.
    const withProfile = !(restart && device.standing.status === 'signed-in');
    device.change({ ...device.state, automaticSessions: 0 });
    const wanted = {
      screen,
      ...(mvpd ? { mvpd } : {}),
      ...(redirectUrl ? { redirectUrl } : {}),
      ...(tempPassIdentity ? { tempPassIdentity } : {}),
    };
    const present = device.standing;
    const isOther = mvpd && present.status === 'signed-in' && present.profile.mvpd.id !== mvpd.id;
    const goesOn = isDegradedNow(device) && !restart && !isOther;
    try {
      await seekSignIn(device, deadline, wanted, { withProfile, restart, isAsked: true, goesOn });
    } catch (error) {
      // Nobody said that the rule is over.
      if (!goesOn || !isDegradedNow(device) || !problemOf(error)?.retryable) throw error;
    }
    return answer(device, request);
  });
}

/**
 * What each request to sign in begins with, when its turn has come: who asks, and with what.
 *
 * @throws ApplicationFailure `device_forgotten`; `deadline_exceeded` where it waited as long as there was time
 */
export function hearOfSignIn(
  device: Device,
  deadline: number,
  request: FromDevice & Parameters<typeof hearOfApp>[1],
): void {
  if (device.isForgotten) throw beingForgotten();
  if (Date.now() >= deadline) {
    const message = 'an earlier request of this device took too long: ask again';
    throw refusal('deadline_exceeded', message, { action: 'retry', retryable: true });
  }
  device.change(hearOfApp(heard(device.state, request, Date.now()), request));
  device.seenAt = Date.now();
}

/**
 * Who watches from now on knows by it where the device stands. Who has registered meanwhile is told as
 * all are: whoever asked may have given up, and then the answer reaches nobody.
 */
function answer(device: Device, { watcher }: AuthenticateRequest): Standing {
  const { standing, state } = device;
  const isRegistered = state.watchers.some(({ id }) => id === watcher?.id);
  if (watcher && !isRegistered && watcher.until !== standing.status) {
    device.change(addWatcher(state, { ...watcher, knows: state.generation }));
  }
  return standing;
}

function isAnswered(
  { standing: now, state: { phase } }: Device,
  request: AuthenticateRequest,
): boolean {
  const { restart, mvpd, trial, tempPassIdentity } = request;
  switch (now.status) {
    case 'pending':
      return (
        !restart &&
        !trial &&
        now.expiresAt > Date.now() &&
        (mvpd === undefined || mvpd.id === now.mvpd?.id) &&
        phase.name === 'awaiting-login' &&
        endsAsWanted(phase, request)
      );
    case 'signed-in':
      // It ends with the rule, which only Adobe knows.
      if (isDegraded(now.profile) && patched('degradation')) return false;
      // A trial that began without an identity may need one: Adobe says so at the first play.
      if (tempPassIdentity && lacksIdentity(phase, trial ? undefined : mvpd?.id)) return false;
      return !restart && (mvpd === undefined || mvpd.id === now.profile.mvpd.id);
    case 'signed-out':
      return false;
  }
}

function isDegradedNow({ standing }: Device): boolean {
  return standing.status === 'signed-in' && isDegraded(standing.profile);
}

/** @param mvpd - Absent: whatever trial it is */
function lacksIdentity(phase: Phase, mvpd: string | undefined): boolean {
  if (phase.name !== 'signed-in' || !isTrial(phase.profile)) return false;
  const isMeant = mvpd === undefined || phase.profile.mvpd.id === mvpd;
  return isMeant && !phase.trial?.identity;
}

/**
 * Whether the login would end on the screen and the page that this request wants: a phone can't be
 * sent to a page of the TV. What follows doesn't count, for handles and proofs are sealed anew each time.
 */
export function endsAsWanted(
  waiting: AwaitingLogin,
  wanted: Pick<AuthenticateRequest, 'screen' | 'redirectUrl'>,
): boolean {
  const page = (url: string | undefined) => url?.split(/[?#]/)[0];
  return (
    waiting.screen === (wanted.screen ?? 'second') &&
    page(waiting.redirectUrl) === page(wanted.redirectUrl)
  );
}
