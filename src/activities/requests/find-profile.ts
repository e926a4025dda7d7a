import { codesThatEnd, TRIAL_IS_USED_UP } from '../../error-codes/index.ts';
import type { ProfileMark } from '../../workflows/messages.ts';
import type { Problem } from '../../workflows/upstream-call.ts';
import { isTrial, mayBeRefused } from '../../profile-marks.ts';
import type { FoundProfile } from '../found-profile.ts';
import type { CodeWanted } from '../profiles.ts';
import { MAX_ATTEMPTS } from '../upstream.ts';
import { type Conversation, problemOf } from './conversation.ts';
import { applicationFailure } from '../failures.ts';
import { isOfAnotherProvider } from '../partner-status.ts';
import { underTheRule } from './under-the-rule.ts';

/** A profile that exists already and would do. */
export interface ProfileWanted {
  /** The provider that was asked for now. */
  chosen?: string;
  /** The one of before, where nobody chose. */
  remembered?: string;
  /** The one whose rule lets the viewer in now: whether it still does is asked first. */
  degraded?: string;
  /** Profiles that sign nobody in. */
  passOver: ProfileMark[];
  /** A login was refused here that somebody may have finished; with the last sign-in that was none. */
  refusedLogin?: { lastSignIn?: ProfileMark };
}

/**
 * Looks for a profile that exists already, before a login is begun (S2S-21). A look saves a login and
 * no more: one that fails keeps nobody from a session, least of all for a provider that is only
 * remembered (F1 5). Where Adobe is away the session fails too.
 *
 * @throws ApplicationFailure where there is no access to Adobe
 */
export async function findProfile(
  conversation: Conversation,
  { chosen, remembered, degraded, passOver, refusedLogin }: ProfileWanted,
): Promise<FoundProfile | undefined> {
  await conversation.access(); // what fails here is not the provider's doing
  if (refusedLogin && !(await endRefusedLogin(conversation, refusedLogin))) return undefined;
  if (degraded !== undefined && (chosen ?? degraded) === degraded) {
    const until = halfOfTheTime(conversation);
    const profile = await underTheRule(() =>
      profilesOf(conversation, { mvpd: degraded, passOver, until }),
    );
    if (profile || (chosen ?? remembered) === degraded) return profile;
  }
  const { profiles, isRefused } = await look(conversation, chosen ?? remembered, passOver);
  const isOnlyRemembered = chosen === undefined && remembered !== undefined;
  // Trials were remembered once.
  if (isOnlyRemembered && (isRefused || profiles.some(isTrial))) {
    conversation.news.push({ kind: 'mvpd-refused' });
  }
  return profiles.find((one) => !one.passedOver && (one.mvpd === chosen || !isTrial(one)));
}

async function look(
  conversation: Conversation,
  mvpd: string | undefined,
  passOver: ProfileMark[],
): Promise<{ profiles: FoundProfile[]; isRefused: boolean }> {
  try {
    const until = halfOfTheTime(conversation);
    const profiles = await profilesOf(conversation, { mvpd, passOver, until });
    return { profiles, isRefused: false };
  } catch (error) {
    const problem = problemOf(error);
    if (!problem) throw error;
    // The viewer's provider at the partner is another than that of last time.
    if (mvpd !== undefined && isOfAnotherProvider(problem)) {
      return look(conversation, undefined, passOver);
    }
    return { profiles: [], isRefused: !problem.retryable && problem.status !== 401 };
  }
}

/** There may be no answer at all: then half of the time is left for the session. */
function halfOfTheTime({ deadline }: Conversation): number {
  const now = Date.now();
  return now + (deadline - now) / 2;
}

/**
 * A login that was refused here may have been finished at Adobe: what it has led to is ended, before
 * anybody is signed in with it.
 *
 * @returns whether nothing is left of it
 */
async function endRefusedLogin(
  conversation: Conversation,
  { lastSignIn }: NonNullable<ProfileWanted['refusedLogin']>,
): Promise<boolean> {
  const until = halfOfTheTime(conversation);
  try {
    for (const profile of await profilesOf(conversation, { until, onItsOwn: true })) {
      if (!mayBeRefused(lastSignIn, profile)) continue;
      if (!(await endAtAdobe(conversation, profile.mvpd, until))) return false;
    }
  } catch (error) {
    if (!problemOf(error)) throw error;
    return false; // on record for operators already
  }
  conversation.news.push({ kind: 'refused-login-ended' });
  return true;
}

/** The viewer waits for the play meanwhile. */
const READ_AGAIN_MS = 1_500;

/**
 * Reads the profile again after a permit, for some providers complete the viewer's metadata only then
 * (ATN-12). Nothing that goes wrong here costs the permit.
 */
export async function readProfileAgain(conversation: Conversation, mvpd: string): Promise<void> {
  const until = Math.min(conversation.deadline, Date.now() + READ_AGAIN_MS);
  try {
    const profile = await profileAfterPlay(conversation, mvpd, until);
    if (profile) conversation.news.push({ kind: 'profile-read-again', profile });
  } catch (error) {
    if (!problemOf(error)) throw error; // on record for operators already
  }
}

/** Not tried again: nobody needs it so much that the viewer's address should be held up. */
async function profileAfterPlay(
  conversation: Conversation,
  mvpd: string,
  until: number,
  expects: readonly string[] = [],
): Promise<FoundProfile | undefined> {
  const [profile] = await conversation.ask(
    { operation: 'profiles', whenRegistrationIsLost: 'leave', until, expects },
    (asker) => conversation.calls.findProfiles({ ...asker, attempt: MAX_ATTEMPTS }, { mvpd }),
  );
  return profile;
}

/** What came of an answer that says: signed in already. */
export type DirectSignIn = { profile: FoundProfile } | 'no-profile' | 'ended';

interface Direct {
  mvpd: string | undefined;
  /** Of the session, which shows profiles too. */
  code?: string | undefined;
  /** The provider whose profile was set aside. */
  setAside: string | undefined;
  /** It has been ended for this already, or is none that could be. */
  hasEnded: boolean;
}

/**
 * Adobe says that no login is needed: finds the profile. One that was set aside is ended first, for a
 * person has just asked for a new sign-in: `ended` then, ask again.
 *
 * @throws ApplicationFailure with Adobe's reason why not (a used-up TempPass)
 */
export async function signInDirectly(
  conversation: Conversation,
  { mvpd, code, setAside, hasEnded }: Direct,
): Promise<DirectSignIn> {
  const isSetAside = mvpd !== undefined && mvpd === setAside;
  if (isSetAside && !hasEnded && (await endAtAdobe(conversation, mvpd))) return 'ended';
  const profile = await profileFor(conversation, mvpd, code);
  return profile ? { profile } : 'no-profile';
}

/** By the provider, and where that is no answer by whatever else shows the profile. */
async function profileFor(
  conversation: Conversation,
  mvpd: string | undefined,
  code: string | undefined,
): Promise<FoundProfile | undefined> {
  const ways = [
    () => profilesOf(conversation, { mvpd }),
    () => (code === undefined ? profilesOf(conversation) : profilesByCode(conversation, code)),
  ];
  let why: unknown;
  for (const look of ways) {
    try {
      const profiles = await look();
      const profile = profiles.find((one) => mvpd === undefined || one.mvpd === mvpd);
      if (profile) return profile;
    } catch (error) {
      why ??= error;
    }
  }
  if (why === undefined) return undefined;
  const problem = problemOf(why);
  if (!problem) throw why;
  throw unavailable(problem);
}

/** To sign in is what the caller is about already: this provider can't be had, another can. */
export function unavailable({ code, message, calls: _known, ...details }: Problem) {
  const action = details.action === 'authentication' ? 'none' : details.action;
  return applicationFailure(code, message, { ...details, action });
}

/** A trial after a play: the first one starts its clock, and each title counts (`temp-pass-feature`). */
export interface TrialNow {
  /** Absent where it could not be read. */
  profile?: FoundProfile;
  /** That was the last one. */
  noTitlesLeft?: true;
}

/** The viewer waits for the play meanwhile. */
const TRIAL_WITHIN_MS = 2_000;

/** What is left of a trial. A permit is not lost because that can't be read. */
export async function trialNow(conversation: Conversation, mvpd: string): Promise<TrialNow> {
  const until = Math.min(halfOfTheTime(conversation), Date.now() + TRIAL_WITHIN_MS);
  try {
    const profile = await profileAfterPlay(conversation, mvpd, until, TRIAL_IS_USED_UP);
    return profile && isTrial(profile) ? { profile } : {};
  } catch (error) {
    const problem = problemOf(error);
    if (!problem) throw error;
    return codesThatEnd('titles').includes(problem.code) ? { noTitlesLeft: true } : {};
  }
}

/** What a login with this code has led to. */
export async function profilesByCode(
  conversation: Conversation,
  code: string,
  wanted: CodeWanted = {},
): Promise<FoundProfile[]> {
  return conversation.ask(
    { operation: 'profileByCode', whenRegistrationIsLost: 'leave' },
    (asker) => conversation.calls.checkProfile(asker, code, wanted),
  );
}

/**
 * Where even that fails, Adobe's word is all there is. Nobody asked for it: what other apps share with
 * the device stays (`roku-sso-cookbook-rest-api-v2`).
 */
async function endAtAdobe(
  conversation: Conversation,
  mvpd: string,
  until = conversation.deadline,
): Promise<boolean> {
  try {
    await conversation.ask(
      { operation: 'logout', whenRegistrationIsLost: 'register-again', until },
      // No person asked for it: what others are signed in with is left to them.
      (asker) => conversation.calls.logout({ ...asker, onItsOwn: true }, mvpd),
    );
    return true;
  } catch (error) {
    if (!problemOf(error)) throw error;
    return false;
  }
}

interface Looked {
  mvpd?: string | undefined;
  passOver?: ProfileMark[];
  until?: number;
  /** Without what others share with the device. */
  onItsOwn?: true;
}

/** The profile of an MVPD, or all that there are. */
export async function profilesOf(
  conversation: Conversation,
  { mvpd, passOver = [], until = conversation.deadline, onItsOwn }: Looked = {},
): Promise<FoundProfile[]> {
  return conversation.ask(
    { operation: 'profiles', whenRegistrationIsLost: 'register-again', until },
    (asker) =>
      conversation.calls.findProfiles(onItsOwn ? { ...asker, onItsOwn } : asker, {
        ...(mvpd === undefined ? {} : { mvpd }),
        ...(passOver.length > 0 ? { passOver } : {}),
      }),
  );
}
