import type { Device } from '../device.ts';
import { refusal } from '../failures.ts';
import { forgetMvpd, mvpdOfSignIn, setLastAside } from '../left-behind.ts';
import type {
  CodeRequest,
  ConfirmRequest,
  DisownRequest,
  LoginView,
  Standing,
  VisitRequest,
} from '../messages.ts';
import { seekSignIn } from '../seek-sign-in.ts';
import { type AwaitingLogin, signOut } from '../state.ts';
import { ACTIVATION, confirmVisit, isHeld, isShared, withVisit } from '../visits.ts';
import { tellWatchers } from '../watchers.ts';
import { endLogin, logoutAtAdobe } from './leave.ts';
import { loginWith } from './resume.ts';
import { loginView } from './view.ts';

/**
 * A browser opened the code (RFC 10027: one-time, limited use; detect repeated codes). Counted here,
 * where all gateways ask. Who was sent a code waits for the word of the one in front of the TV.
 */
export async function visit(device: Device, request: VisitRequest): Promise<LoginView | undefined> {
  return device.phaseLock.runExclusive(async () => {
    const phase = loginWith(device, request.code);
    const { generation } = device.state;
    const next = withVisit(phase, request, { generation, now: Date.now() });
    device.change({ ...device.state, phase: next });
    if (isShared(next)) {
      await endLogin(device, 'code-shared');
      record(device, 'code_shared', 'the code was opened by too many browsers elsewhere');
    } else if (next.visits?.some(isHeld) && next !== phase) {
      tellWatchers(device);
    }
    return loginView(device.state);
  });
}

/** Whoever holds the phone has started nothing here. */
export async function decline(device: Device, { code }: CodeRequest): Promise<Standing> {
  return device.phaseLock.runExclusive(async () => {
    loginWith(device, code);
    await declined(device, 'a viewer declined the login on a second screen');
    return device.standing;
  });
}

/** Nobody opens an old code any more, and the TV shows another. */
export async function replaceCode(device: Device, { code }: CodeRequest): Promise<Standing> {
  const deadline = device.deadline();
  return device.phaseLock.runExclusive(async () => {
    const { screen, mvpd, redirectUrl } = loginWith(device, code);
    await seekSignIn(
      device,
      deadline,
      { screen, ...(mvpd ? { mvpd } : {}), ...(redirectUrl ? { redirectUrl } : {}) },
      { withProfile: false },
    );
    return device.standing;
  });
}

/** The one in front of the TV knows the phone, or does not. */
export async function confirm(
  device: Device,
  { id, confirmed }: ConfirmRequest,
): Promise<Standing> {
  return device.phaseLock.runExclusive(async () => {
    const phase = waitingForWord(device, id);
    if (confirmed) {
      device.change({ ...device.state, phase: confirmVisit(phase, id) });
      tellWatchers(device); // another browser may be next
    } else {
      await declined(device, 'the TV declined a browser that opened its code');
    }
    return device.standing;
  });
}

/** The viewer knows nothing of the sign-in: it ends, and its profile signs nobody in again. */
export async function disown(device: Device, { generation }: DisownRequest): Promise<Standing> {
  const deadline = device.deadline();
  return device.phaseLock.runExclusive(async () => {
    const mvpd = shownSignIn(device, generation);
    const { phase } = device.state;
    // Whose sign-in it was is unknown: the rest of the household keeps its own.
    await logoutAtAdobe(device, { deadline, mvpd, asWhom: { onItsOwn: true } });
    if (device.state.phase === phase) {
      const next = forgetMvpd(device.state);
      device.change(phase.name === 'signed-in' ? signOut(next, 'declined') : setLastAside(next));
    }
    record(device, 'sign_in_disowned', 'a viewer said of the sign-in: that was not me');
    return device.standing;
  });
}

async function declined(device: Device, message: string): Promise<void> {
  device.change(forgetMvpd(device.state)); // a stranger may have chosen it
  if (!(await endLogin(device, 'declined'))) return;
  record(device, 'login_declined', message);
}

/** @throws ApplicationFailure `unknown_confirmation` */
export function waitingForWord({ state: { phase } }: Device, id: string): AwaitingLogin {
  if (phase.name === 'awaiting-login' && phase.visits?.some((each) => each.id === id)) return phase;
  throw refusal('unknown_confirmation', `no browser waits for an answer to ${id}`);
}

/**
 * The provider of a sign-in that a viewer was shown, whatever the TV has done since to keep it.
 *
 * @throws ApplicationFailure `not_signed_in`
 */
export function shownSignIn({ state }: Device, shown: number): string {
  const mvpd = mvpdOfSignIn(state, { shown, now: Date.now() });
  if (mvpd !== undefined) return mvpd;
  throw refusal('not_signed_in', 'that sign-in has ended already');
}

function record(device: Device, code: EndCode, message: string): void {
  const { statement } = device.state;
  const whose = statement ? ` (software statement ${statement})` : '';
  device.recordProblem(ACTIVATION, { code, action: 'none', message: message + whose });
}

type EndCode = 'login_declined' | 'code_shared' | 'sign_in_disowned';
