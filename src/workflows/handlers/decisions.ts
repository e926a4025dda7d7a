import { patched } from '@temporalio/workflow';
import type { TrialNow } from '../../activities/requests/find-profile.ts';
import type { TrialOf } from '../../activities/upstream.ts';
import { codesThatEnd } from '../../error-codes/index.ts';
import { isSingleSignOn, isTrial, partnerOf, SAME_WITHIN_MS } from '../../profile-marks.ts';
import { heard } from '../account.ts';
import type { Device } from '../device.ts';
import { problemOf, refusal, refusalOf } from '../failures.ts';
import type {
  AuthorizeAnswer,
  AuthorizeRequest,
  DecisionAnswer,
  DecisionsRequest,
  FromDevice,
  Partner,
  SignedInProfile,
} from '../messages.ts';
import { playInTrial, signOut } from '../state.ts';
import { askAdobe } from '../upstream.ts';
import { tellWatchers } from '../watchers.ts';

/** What may probably be played. Permits are kept in memory; denials are asked anew (PRE-05). */
export async function preauthorize(
  device: Device,
  request: DecisionsRequest,
): Promise<DecisionAnswer[]> {
  const deadline = device.deadline();
  const { profile, isCurrent } = signedIn(device);
  hearOf(device, request, isCurrent);
  const now = Date.now();
  const wanted = [...new Set(request.resources)];
  const unknown = wanted.filter(
    (resource) => request.refresh || !device.permits.hold(resource, now),
  );
  const decided = new Map<string, DecisionAnswer>();
  if (unknown.length > 0) {
    const decisions = await whileSignedIn(device, 'preauthorize', isCurrent, () =>
      askAdobe(device, deadline, 'preauthorize', (asker) =>
        device.activities.preauthorize(
          { ...asker, ...ofPartner(profile) },
          profile.mvpd.id,
          unknown,
        ),
      ),
    );
    for (const decision of decisions) {
      decided.set(decision.resource, decision);
      if (decision.authorized) {
        // One of a rule is as old as the answer: nobody tells when the rule is lifted.
        if (isOfRule(decision.source)) continue;
        device.permits.add(decision.resource, now, profile.notAfter);
      } else {
        device.permits.remove(decision.resource);
        heedDenial(device, decision);
      }
    }
  }
  return wanted.flatMap((resource) => {
    const decision = decided.get(resource);
    if (decision) return [decision];
    return unknown.includes(resource) ? [] : [{ resource, authorized: true }];
  });
}

/**
 * Filtering denies something to nearly everybody: the table of calls tells, no error does. That the
 * viewer should sign in again for one item is no reason to sign out of all, unless the profile itself
 * is gone; but operators see it.
 */
function heedDenial(device: Device, { resource, error }: DecisionAnswer): void {
  if (!error) return;
  const asksToSignIn = error.action === 'authentication';
  const isInvalidated = error.code === INVALIDATED;
  if (!asksToSignIn && !(isInvalidated && patched('profile-invalidated'))) return;
  device.recordProblem('preauthorize', { ...error, resource });
  if (PROFILE_IS_GONE.includes(error.code)) signOutIfAsked(device, error.action, error.code);
  else if (SESSION_IS_GONE.includes(error.code) && patched('session-invalidated')) {
    signOutIfAsked(device, error.action, error.code);
  }
}

const PROFILE_IS_GONE = codesThatEnd('profile');
const PROFILE_IS_MISSING = 'authenticated_profile_missing';
/** Adobe or the provider has ended the profile, whatever action it names ("Enhanced error codes"). */
const INVALIDATED = 'authenticated_profile_invalidated';
/** The provider has ended its own session: no title of it can be had until the next sign-in. */
const SESSION_IS_GONE = codesThatEnd('session');

/** The decision before a play. It is never kept: each play asks Adobe anew (AZ-01, AZ-03). */
export async function authorize(
  device: Device,
  request: AuthorizeRequest,
): Promise<AuthorizeAnswer> {
  const deadline = device.deadline();
  const { profile, isCurrent } = signedIn(device);
  const { resource } = request;
  const mvpd = profile.mvpd.id;
  hearOf(device, request, isCurrent);
  try {
    const ofTrial = isTrial(profile) ? trialOf(device, mvpd) : undefined;
    const { trial, ...answer } = await whileSignedIn(device, 'authorize', isCurrent, () =>
      askAdobe(device, deadline, 'authorize', (asker) =>
        ofTrial
          ? device.activities.authorize({ ...asker, ...ofTrial }, mvpd, resource, {
              readsTrial: true,
            })
          : device.activities.authorize({ ...asker, ...ofPartner(profile) }, mvpd, resource),
      ),
    );
    if (trial) hearOfTrial(device, trial);
    if (answer.status === 'denied') {
      const { status: _denied, source, ...problem } = answer;
      if (isOfRule(source)) device.permits.clear(); // it is for all that was permitted before
      device.recordProblem('authorize', problem);
      signOutIfAsked(device, answer.action, answer.code);
    }
    return answer;
  } catch (error) {
    const problem = problemOf(error);
    if (problem?.action !== 'authentication' || problem.code === SIGNED_OUT) throw error;
    const { code, action, message, details = message, trace } = problem;
    return {
      status: 'denied',
      resource,
      mvpd,
      code,
      action,
      // Apps show it to viewers. What Adobe said is for those who look into it.
      message: 'Your sign-in has ended. Sign in with your provider again.',
      details,
      ...(trace ? { trace } : {}),
    };
  }
}

/** Degraded access, in place of the MVPD's own word. */
function isOfRule(source: string | undefined): boolean {
  return source === 'degradation' && patched('degradation');
}

const SIGNED_OUT = 'not_signed_in';

function signedIn(device: Device): { profile: SignedInProfile; isCurrent: () => boolean } {
  const { standing } = device;
  if (standing.status !== 'signed-in') throw notSignedIn();
  const { generation } = standing;
  device.seenAt = Date.now();
  return { profile: standing.profile, isCurrent: () => device.state.generation === generation };
}

/** @throws ApplicationFailure `not_signed_in` where it comes from another account */
function hearOf(device: Device, request: FromDevice, isCurrent: () => boolean): void {
  device.change(heard(device.state, request, Date.now()));
  if (!isCurrent()) throw notSignedIn();
}

/**
 * An answer that comes after a logout is not given out; a top-level "sign in again" moves the phase. Where
 * the registration is lost the sign-in is gone with it, and that is all that the caller can mend.
 */
async function whileSignedIn<T>(
  device: Device,
  operation: string,
  isCurrent: () => boolean,
  decide: () => Promise<T>,
): Promise<T> {
  try {
    const answer = await decide();
    if (!isCurrent()) throw notSignedIn();
    return answer;
  } catch (error) {
    const problem = problemOf(error);
    if (problem && isCurrent()) signOutIfAsked(device, problem.action, problem.code);
    if (problem?.action !== 'application-registration') throw error;
    throw refusalOf({ ...problem, action: 'authentication' });
  }
}

/**
 * Only this action ends the sign-in, with what was cached of it (S2S-10), or a code that says so by
 * itself. A denial never logs out at Adobe (LO-05).
 */
function signOutIfAsked(device: Device, action: string | undefined, code?: string): void {
  const { phase } = device.state;
  if (phase.name !== 'signed-in') return;
  const isOfTrial = isTrial(phase.profile) && code !== undefined;
  const isOutOfTime = isOfTrial && OUT_OF_TIME.includes(code);
  const isUsedUp = isOutOfTime || (isOfTrial && OUT_OF_TITLES.includes(code));
  if (action === 'authentication') {
    // By single sign-on: what Adobe doesn't show without a token that holds comes with the next one.
    const profileIsGone = code === PROFILE_IS_MISSING && isSingleSignOn(phase.profile);
    const reason = isUsedUp ? 'trial-ended' : 'sign-in-required';
    device.change(signOut(device.state, reason, { profileIsGone }));
  } else if (isOutOfTime && patched('trial-ended')) {
    // Titles are another matter: those that were played before may go on.
    device.change(signOut(device.state, 'trial-ended'));
  } else if (code === INVALIDATED && patched('profile-invalidated')) {
    device.change(signOut(device.state, 'sign-in-required'));
  }
}

/** Samples differ in the action that these ask for. */
const OUT_OF_TIME = codesThatEnd('trial');
const OUT_OF_TITLES = codesThatEnd('titles');

/** The partner of a sign-in, whose status goes with its decisions (PFS-03). */
function ofPartner(profile: SignedInProfile): { partner?: Partner } {
  const partner = partnerOf(profile);
  return partner ? { partner } : {};
}

/** Whose trial it is, for the calls about it. */
function trialOf({ state: { phase } }: Device, mvpd: string): { trial?: TrialOf } {
  const identity = phase.name === 'signed-in' ? phase.trial?.identity : undefined;
  return identity ? { trial: { mvpd, identity } } : {};
}

/** Who watches hears at once when the trial ends now, and how many titles are left. */
function hearOfTrial(device: Device, now: TrialNow): void {
  const before = device.standing;
  device.change(playInTrial(device.state, now));
  const { standing } = device;
  if (before.status !== 'signed-in' || standing.status !== 'signed-in') return;
  const told = before.trial?.hasBegun && before.profile.titlesLeft === standing.profile.titlesLeft;
  const moved = Math.abs(standing.profile.notAfter - before.profile.notAfter);
  if (!told || moved > SAME_WITHIN_MS) tellWatchers(device);
}

function notSignedIn() {
  return refusal(SIGNED_OUT, 'nobody is signed in any more: authenticate first', {
    action: 'authentication',
  });
}
