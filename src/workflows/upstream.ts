import type { Asker, AuthorizedAsker } from '../activities/upstream.ts';
import type { Device } from './device.ts';
import { type Problem, problemOf, refusal, refusalOf } from './failures.ts';
import { loseRegistration, type Registration } from './state.ts';
import type { Upstream } from './upstream-call.ts';

/** A token is renewed before it expires, by this much (DCR-03). */
const RENEW_BEFORE_EXPIRY_MS = 60_000;

/**
 * What to do when Adobe no longer knows the client: register again and repeat once; or tell the
 * caller that the viewer has to sign in again, for the profiles are lost with the credentials; or
 * leave it to somebody else who will notice.
 */
type WhenRegistrationIsLost = 'register-again' | 'refuse' | 'leave';

interface Manners {
  operation: string;
  whenRegistrationIsLost: WhenRegistrationIsLost;
}

/**
 * Asks Adobe on behalf of a device: takes care of registration and access token, repeats once with
 * a fresh token after a plain 401 (REG-07), keeps the calls for operators.
 *
 * @throws ApplicationFailure typed with Adobe's code or ours
 */
export async function askAdobe<T>(
  device: Device,
  deadline: number,
  { operation, whenRegistrationIsLost }: Manners,
  send: (asker: AuthorizedAsker) => Promise<Upstream<T>>,
): Promise<T> {
  let lost = false;
  let refused: number | undefined;
  for (;;) {
    const { sealed: accessToken, expiresAt } = await ensureAccess(
      device,
      deadline,
      refused,
      whenRegistrationIsLost,
    );
    const used = device.state.registration?.credentials;
    try {
      const { value, calls } = await send({ ...asker(device, deadline), accessToken });
      device.recordSuccess(calls);
      return value;
    } catch (error) {
      const problem = problemOf(error);
      if (!problem) throw error;
      device.recordProblem(operation, problem);
      if (refusesToken(problem) && refused === undefined) {
        refused = expiresAt;
      } else if (
        problem.action === 'application-registration' &&
        whenRegistrationIsLost !== 'leave' &&
        !lost
      ) {
        lost = true;
        // Another request may have registered anew meanwhile: only what Adobe refused is lost.
        if (device.state.registration?.credentials === used) {
          device.change(loseRegistration(device.state));
        }
        if (whenRegistrationIsLost === 'refuse') throw refusalOf(problem);
      } else {
        throw refusalOf(problem);
      }
    }
  }
}

/** Any 401 but the one that asks for a new registration: Adobe has no code for an expired token. */
function refusesToken({ status, action }: Problem): boolean {
  return status === 401 && action !== 'application-registration';
}

/** What an activity has to know of the device that asks. */
export function asker({ state }: Device, deadline: number): Asker {
  const { app, deviceId, facts, network } = state;
  if (!facts || !network) throw refusal('no_device_facts', 'authenticate first, with device facts');
  return { app, deviceId, facts, network, deadline };
}

/**
 * A token that holds for another minute at least, and is not the one that Adobe just refused. One
 * request at a time renews it, the others find it (REG-03..06).
 */
export async function ensureAccess(
  device: Device,
  deadline: number,
  refusedExpiresAt?: number,
  whenRegistrationIsLost: WhenRegistrationIsLost = 'register-again',
): Promise<NonNullable<Registration['accessToken']>> {
  return device.registrationLock.runExclusive(async () => {
    const current = device.state.registration?.accessToken;
    const fresh = current && current.expiresAt - Date.now() > RENEW_BEFORE_EXPIRY_MS;
    if (current && fresh && current.expiresAt !== refusedExpiresAt) return current;
    try {
      return await renewAccess(device, deadline, whenRegistrationIsLost);
    } catch (error) {
      const problem = problemOf(error);
      if (!problem) throw error;
      device.recordProblem('token', problem);
      throw refusalOf(problem);
    }
  });
}

async function renewAccess(
  device: Device,
  deadline: number,
  whenRegistrationIsLost: WhenRegistrationIsLost,
): Promise<NonNullable<Registration['accessToken']>> {
  const known = device.state.registration;
  if (known) {
    try {
      return await takeToken(device, deadline, known);
    } catch (error) {
      const problem = problemOf(error);
      if (problem?.action !== 'application-registration') throw error;
      if (whenRegistrationIsLost === 'leave') throw error;
      device.recordProblem('token', problem);
      device.change(loseRegistration(device.state));
      if (whenRegistrationIsLost === 'refuse') throw error;
    }
  }
  const { value: credentials, calls } = await device.activities.register(asker(device, deadline));
  device.recordSuccess(calls);
  device.change({ ...device.state, registration: { credentials } });
  return takeToken(device, deadline, { credentials });
}

async function takeToken(
  device: Device,
  deadline: number,
  { credentials }: Registration,
): Promise<NonNullable<Registration['accessToken']>> {
  const { value, calls } = await device.activities.renewAccessToken(
    asker(device, deadline),
    credentials,
  );
  device.recordSuccess(calls);
  const accessToken = { sealed: value.accessToken, expiresAt: value.expiresAt };
  device.change({
    ...device.state,
    registration: { credentials: value.resealed ?? credentials, accessToken },
  });
  return accessToken;
}
