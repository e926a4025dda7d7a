import { proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { Activities } from '../../activities/index.ts';
import type { RequestAsker } from '../../activities/requests/conversation.ts';
import { heard } from '../account.ts';
import * as options from '../activity-options.ts';
import type { Device } from '../device.ts';
import { problemOf, refusal } from '../failures.ts';
import type { LogoutAnswer, LogoutRequest, SignedOutReason, Standing } from '../messages.ts';
import { type AwaitingLogin, signOut } from '../state.ts';
import { askAdobe } from '../upstream.ts';

/**
 * Signs the viewer out, because a person asked for it: here in any case, for nobody can be kept from
 * leaving. The answer says what the device has to do, and what could not be done at Adobe; repeated,
 * there is nothing left to do.
 */
export async function logout(device: Device, request: LogoutRequest): Promise<LogoutAnswer> {
  const deadline = device.deadline();
  return device.phaseLock.runExclusive(async () => {
    device.change(heard(device.state, request, Date.now()));
    const { phase } = device.state;
    if (phase.name === 'awaiting-login') throw loginUnderWay();
    if (phase.name !== 'signed-in') return { status: 'signed-out', actions: [] };
    const mvpd = phase.profile.mvpd.id;
    const { redirectUrl } = request;
    const done = await logoutAtAdobe(device, { deadline, mvpd, redirectUrl });
    if (device.state.phase.name === 'signed-in') device.change(signOut(device.state, 'logout'));
    return { status: 'signed-out', ...done };
  });
}

/** What is on record for operators where it fails. */
export async function logoutAtAdobe(
  device: Device,
  {
    deadline,
    mvpd,
    redirectUrl,
    asWhom = {},
  }: {
    deadline: number;
    mvpd: string;
    redirectUrl?: string | undefined;
    /** Default: with the single sign-on of the device's latest request. */
    asWhom?: Pick<RequestAsker, 'viewerTokens' | 'onItsOwn'>;
  },
): Promise<Omit<LogoutAnswer, 'status'>> {
  try {
    const actions = await askAdobe(device, deadline, 'logout', (asker) =>
      device.activities.logout({ ...asker, ...asWhom }, mvpd, redirectUrl),
    );
    return { actions };
  } catch (error) {
    const problem = problemOf(error); // on record for operators already
    if (!problem) throw error;
    const { code, action, message, status, trace } = problem;
    return {
      actions: [],
      problem: {
        code,
        action,
        message,
        ...(status === undefined ? {} : { status }),
        ...(trace === undefined ? {} : { trace }),
      },
    };
  }
}

/** What is to be ended is a login, not a sign-in. */
export function loginUnderWay() {
  return refusal('not_signed_in', 'a login is under way: abandon it instead of logging out');
}

/** Nobody wants the code any more: polling ends. Without a login under way nothing changes. */
export async function abandon(device: Device): Promise<Standing> {
  return device.phaseLock.runExclusive(async () => {
    if (device.state.phase.name === 'awaiting-login') await endLogin(device, 'abandoned');
    return device.standing;
  });
}

/**
 * Ends a code before its time, by whoever holds the lock.
 *
 * @returns whether it did: a nudge that was under way may have found the viewer signed in
 */
export async function endLogin(device: Device, reason: SignedOutReason): Promise<boolean> {
  const { app, deviceId, generation, phase } = device.state;
  const { room } = await device.inTurn((activities) => activities.leaveRoom({ app, deviceId }));
  if (device.state.generation !== generation) return false;
  if (phase.name === 'awaiting-login' && phase.room !== room) leaveElsewhere(device, phase.room);
  device.change(signOut(device.state, reason));
  return true;
}

/** Whose code has ended already is polled for no more. */
export async function leaveRoom(device: Device, { room }: AwaitingLogin): Promise<void> {
  const { app, deviceId } = device.state;
  const left = await device.inTurn((activities) => activities.leaveRoom({ app, deviceId }));
  if (room !== left.room) leaveElsewhere(device, room);
}

/** The device waits in another process: told so, while nobody waits for it. */
function leaveElsewhere(device: Device, room: string | undefined): void {
  if (room === undefined) return;
  const { app, deviceId } = device.state;
  const { leaveRoom } = proxyActivities<Pick<Activities, 'leaveRoom'>>(
    options.inRoom(workflowInfo().taskQueue, room),
  );
  device.pendingDeliveries += 1;
  void leaveRoom({ app, deviceId })
    .catch(() => undefined) // the process is gone, and its waits with it
    .finally(() => {
      device.pendingDeliveries -= 1;
    });
}
