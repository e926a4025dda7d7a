import { CancellationScope, condition, proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { AwaitedLogin } from '../../activities/await-profile.ts';
import type { Activities } from '../../activities/index.ts';
import * as options from '../activity-options.ts';
import type { Device } from '../device.ts';
import { problemOf } from '../failures.ts';
import { passedOver } from '../left-behind.ts';
import { type AwaitingLogin, dropRegistration } from '../state.ts';
import { asker } from '../upstream.ts';

/** What came of a wait; nothing when it failed. */
export type WaitEnd = Partial<Pick<AwaitedLogin, 'outcome' | 'profiles'>>;

/** One wait for one code. */
export interface LoginWait {
  /** Set once it is over. */
  ended?: WaitEnd;
  cancel: () => void;
}

/** A cancelled wait may live on at another worker until its heartbeat: they must not pile up. */
const MAX_PENDING_WAITS = 2;

/** Starts the long activity as soon as it may, and notes what comes of it. */
export function beginWait(
  device: Device,
  login: AwaitingLogin,
  changed: () => boolean,
  since: number,
): LoginWait {
  const scope = new CancellationScope();
  const wait: LoginWait = { cancel: () => scope.cancel() };
  void scope
    .run(async () => {
      await condition(() => changed() || device.pendingWaits < MAX_PENDING_WAITS);
      const firstPollAt = await firstPoll(device, login, changed, since);
      device.firstPollAt = firstPollAt;
      if (!changed()) wait.ended = await runWait(device, login, firstPollAt);
    })
    .catch(() => undefined); // cancelled before it began
  return wait;
}

/**
 * With a second screen polling is due one interval after the code is shown (ATN-02). With the
 * MVPD's page on the device itself it begins when the browser has come back (ATN-01), or after a
 * while if nobody says so.
 */
async function firstPoll(
  device: Device,
  login: AwaitingLogin,
  changed: () => boolean,
  since: number,
): Promise<number> {
  const { pollIntervalMs = 15_000, sameScreenFallbackMs = 120_000 } = device.state.settings ?? {};
  if (login.screen === 'second') return since + pollIntervalMs;
  const patience = Math.min(sameScreenFallbackMs, login.notAfter - Date.now());
  const returned = await condition(
    () => device.browserReturned || changed(),
    Math.max(1, patience),
  );
  return returned ? Date.now() + pollIntervalMs : Date.now();
}

async function runWait(
  device: Device,
  login: AwaitingLogin,
  firstPollAt: number,
): Promise<WaitEnd> {
  const { registration, settings } = device.state;
  if (!registration?.accessToken) return {};
  const { awaitProfile } = proxyActivities<Activities>(
    options.waiting(
      workflowInfo().taskQueue,
      settings?.pollIntervalMs ?? 15_000,
      login.notAfter - Date.now(),
    ),
  );
  device.pendingWaits += 1;
  try {
    const { deadline: _none, ...whose } = asker(device, 0);
    const passOver = passedOver(device.state, login.mvpd?.id);
    const { outcome, profiles, calls, accessToken } = await awaitProfile({
      ...whose,
      code: login.code,
      startedAt: login.startedAt,
      firstPollAt,
      notAfter: login.notAfter,
      credentials: registration.credentials,
      accessToken: registration.accessToken.sealed,
      ...(passOver.length > 0 ? { passOver } : {}),
    });
    device.recordSuccess(calls);
    const current = device.state.registration;
    // A request that came meanwhile may have registered anew: that is not for this wait to touch.
    if (current?.credentials === registration.credentials) {
      if (outcome === 'registration-lost') device.change(dropRegistration(device.state));
      else if (accessToken) {
        device.change({ ...device.state, registration: { ...current, accessToken } });
      }
    }
    return { outcome, profiles };
  } catch (error) {
    const problem = problemOf(error);
    if (problem) device.recordProblem('profileByCode', problem);
    return {};
  } finally {
    device.pendingWaits -= 1;
  }
}
