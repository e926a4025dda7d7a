import { TRIAL_IS_USED_UP } from '../../error-codes/index.ts';
import { isTrial } from '../../profile-marks.ts';
import { ofAnyTrialOf, ofTrialOf, type Sealed } from '../../sealing/index.ts';
import type { Problem } from '../../workflows/upstream-call.ts';
import type { Dependencies } from '../dependencies.ts';
import { applicationFailure } from '../failures.ts';
import type { FoundProfile } from '../found-profile.ts';
import { openOnce, sealKnown } from '../upstream.ts';
import { type Conversation, problemOf, type RequestAsker } from './conversation.ts';
import { unavailable } from './find-profile.ts';

/** A trial that may be begun, or goes on. */
export interface TrialFound {
  profile: FoundProfile;
  /** Sealed for its provider by now. */
  identity?: Sealed<string>;
}

/**
 * The first trial of an app that is not used up, by one question each: a TempPass needs no session, and
 * no configuration is read for it (CFG-03, "Temporary access").
 *
 * @param identity - Of the viewer, sealed for any of the app's trials
 * @throws ApplicationFailure `trials_used_up`; `no_trial` where the app has none; Adobe's code where one
 *   can't be had for another reason
 */
export async function seekTrial(
  { app, keys }: Pick<Dependencies, 'app' | 'keys'>,
  conversation: Conversation,
  asker: RequestAsker,
  identity: Sealed<string> | undefined,
): Promise<TrialFound> {
  const { tempPass = [] } = app(asker.app);
  if (tempPass.length === 0) throw noTrial(asker.app);
  await conversation.access(); // what fails here is not the trial's doing
  let whyNot: Problem | undefined;
  for (const mvpd of tempPass) {
    const own = await identityFor(keys, conversation, asker, { mvpd, identity });
    try {
      const profile = await trialOf(conversation, mvpd, own);
      if (profile) return { profile, ...(own ? { identity: own } : {}) };
      const message = `${mvpd} is no TempPass: correct tempPass of app ${asker.app} in the file of apps`;
      whyNot ??= { code: 'no_trial', action: 'configuration', message };
      conversation.failed('profiles', whyNot);
    } catch (error) {
      const problem = problemOf(error);
      // Adobe is away, which says nothing about this trial: nobody gets the next one for that.
      if (!problem || problem.retryable || problem.status === 401) throw error;
      if (!TRIAL_IS_USED_UP.includes(problem.code)) whyNot ??= problem;
    }
  }
  throw whyNot ? unavailable(whyNot) : usedUp();
}

async function identityFor(
  keys: Dependencies['keys'],
  { opened }: Conversation,
  asker: RequestAsker,
  { mvpd, identity }: { mvpd: string; identity: Sealed<string> | undefined },
): Promise<Sealed<string> | undefined> {
  if (!identity) return undefined;
  const hash = await openOnce(keys, { opened }, identity, ofAnyTrialOf(asker));
  return sealKnown(keys, { opened }, hash, ofTrialOf(asker, mvpd));
}

async function trialOf(
  conversation: Conversation,
  mvpd: string,
  identity: Sealed<string> | undefined,
): Promise<FoundProfile | undefined> {
  const trial = identity ? { trial: { mvpd, identity } } : {};
  const [profile] = await conversation.ask(
    { operation: 'profiles', whenRegistrationIsLost: 'register-again', expects: TRIAL_IS_USED_UP },
    (asker) => conversation.calls.findProfiles({ ...asker, ...trial }, { mvpd }),
  );
  return profile && isTrial(profile) ? profile : undefined;
}

function usedUp() {
  const message = 'all trials are used up here: sign in with a provider';
  return applicationFailure('trials_used_up', message, { action: 'none', status: 403 });
}

function noTrial(app: string) {
  const message = `app ${app} offers no trial: add tempPass to it in the file of apps`;
  return applicationFailure('no_trial', message, { action: 'configuration' });
}
