import type { ViewerTokens } from '../../adobe-pass/index.ts';
import type { Answer } from '../../workflows/news.ts';
import type {
  AuthorizeAnswer,
  DecisionAnswer,
  LogoutAction,
  ProfileMark,
  ShownProfile,
} from '../../workflows/messages.ts';
import type { Upstream } from '../../workflows/upstream-call.ts';
import type { Sealed } from '../../sealing/index.ts';
import { createCalls } from '../calls.ts';
import type { DeviceIdentity } from '../../device-identity.ts';
import type { Dependencies } from '../dependencies.ts';
import { applicationFailure } from '../failures.ts';
import type { FoundProfile } from '../found-profile.ts';
import type { CodeWanted } from '../profiles.ts';
import type { OwnSession } from '../sessions.ts';
import { lifecycleSettings } from '../settings.ts';
import type { AuthorizedAsker } from '../upstream.ts';
import { type Conversation, converse, problemOf, type RequestAsker } from './conversation.ts';
import {
  findProfile,
  profilesByCode,
  type ProfileWanted,
  readProfileAgain,
  signInDirectly,
  type TrialNow,
  trialNow,
} from './find-profile.ts';
import { listProfiles } from './list-profiles.ts';
import {
  DEGRADED,
  openSession,
  recordUnknown,
  type SessionWanted,
  type ShownSession,
} from './open-session.ts';
import { seekTrial, type TrialFound } from './seek-trial.ts';
import type { InPlaceOfIt } from './partner.ts';
import { partnerActivities } from './partner-activities.ts';
import { type CodeToPoll, endOfCode, enterRoom, type LoginFound, takeLogin } from './waiting.ts';

export interface SignInWanted {
  /** Where the settings of the worker are to be read anew: somebody asks. */
  readsSettings: boolean;
  /** Absent: no profile is looked for, only a session opened. */
  profile?: ProfileWanted;
  session: SessionWanted;
  /** Where polling begins with the code: profiles that are no news to it. */
  wait?: { passOver: ProfileMark[] };
}

/** What a request for a sign-in leads to. */
export type SignInFound = { profile: FoundProfile } | { shown: ShownCode };

/** A code to show, until when, and the room where its device waits. */
export interface ShownCode {
  session: ShownSession;
  /** The provider that it was opened for. */
  mvpd?: string;
  /** ms since the epoch */
  startedAt: number;
  notAfter: number;
  /** Where its device waits, and when it is polled for first, ms since the epoch. */
  room?: string;
  firstPollAt?: number;
  /** Why there is a code in place of a partner's sign-in. */
  fallback?: string;
}

/** A provider that was chosen on a second screen. */
export interface ChosenProvider {
  code: string;
  mvpd: string;
  redirectUrl?: string;
  orDefaultRedirect: boolean;
  /** The provider whose profile was set aside. */
  setAside?: string;
  /** Of the second screen, for its own request alone. */
  viewerTokens?: Sealed<ViewerTokens>;
}

/**
 * What workflows ask of Adobe: one local activity a request, for what costs is the step from a workflow
 * to an activity and back. Each brings back what it found out on the way, failed or not.
 */
export function requestActivities(dependencies: Dependencies) {
  const calls = createCalls(dependencies);
  const { config, room } = dependencies;
  /** Whoever is signed in waits no more. Where a request comes to nothing, the wait before it goes on. */
  const signedIn = (asker: RequestAsker, profile: FoundProfile) => {
    room.leave(asker);
    return { profile };
  };
  /** What a wait in this process found out so far, for operators, and the token that it renewed. */
  const tellOfWait = (conversation: Conversation, asker: RequestAsker) => {
    const told = room.report(asker);
    if (told) conversation.hear(told);
  };
  const enter = async (conversation: Conversation, asker: RequestAsker, code: CodeToPoll) =>
    enterRoom(dependencies, conversation, asker, code);
  /** A sign-in, or a code and the wait for the login with it. */
  const cameOf = async (
    conversation: Conversation,
    asker: RequestAsker,
    opened: InPlaceOfIt,
    wait: SignInWanted['wait'],
  ): Promise<SignInFound> => {
    if ('profile' in opened) return signedIn(asker, opened.profile);
    const { session } = opened;
    const { code } = session;
    const startedAt = Date.now();
    const notAfter = endOfCode(session, config.pollIntervalMs);
    const shown = { ...opened, startedAt, notAfter };
    if (!wait) {
      room.leave(asker); // Adobe has ended the code before
      return { shown };
    }
    const firstPollAt = startedAt + config.pollIntervalMs;
    const passOver = wait.passOver.filter(({ mvpd }) => mvpd !== opened.mvpd);
    const toPoll = { code, firstPollAt, notAfter, passOver };
    const entered = await enter(conversation, asker, toPoll);
    return { shown: { ...shown, room: entered, firstPollAt } };
  };
  /** One call for a viewer who is signed in: with the registration the profile would be gone too. */
  const whileSignedIn = async <T>(
    asker: RequestAsker,
    operation: string,
    send: (asker: AuthorizedAsker) => Promise<Upstream<T>>,
  ) =>
    converse(calls, asker, async (conversation) =>
      conversation.ask({ operation, whenRegistrationIsLost: 'refuse' }, send),
    );
  const readSettings = (conversation: Conversation, app: string) => {
    try {
      conversation.news.push({ kind: 'settings', settings: lifecycleSettings(dependencies, app) });
    } catch (error) {
      const problem = problemOf(error);
      if (problem) conversation.failed('settings', problem);
      throw error;
    }
  };

  return {
    ...partnerActivities(dependencies, calls, { readSettings, tellOfWait, cameOf }),

    /** A sign-in with a profile that is there already, or else a session with its code. */
    async seekSignIn(
      asker: RequestAsker,
      { readsSettings, profile, session: wanted, wait }: SignInWanted,
    ): Promise<Answer<SignInFound>> {
      return converse(calls, asker, async (conversation) => {
        if (readsSettings) readSettings(conversation, asker.app);
        tellOfWait(conversation, asker);
        const found = profile && (await findProfile(conversation, profile));
        if (found) return signedIn(asker, found);
        return cameOf(conversation, asker, await openSession(conversation, wanted), wait);
      });
    },

    /** The first trial of the app that is not used up. */
    async seekTrial(
      asker: RequestAsker,
      tempPassIdentity?: Sealed<string>,
    ): Promise<Answer<TrialFound>> {
      return converse(calls, asker, async (conversation) => {
        readSettings(conversation, asker.app);
        tellOfWait(conversation, asker);
        const found = await seekTrial(dependencies, conversation, asker, tempPassIdentity);
        room.leave(asker);
        return found;
      });
    },

    /** Lets a device wait in this process: its room is gone, or the browser has come back. */
    async enterRoom(asker: RequestAsker, code: CodeToPoll): Promise<Answer<string>> {
      return converse(calls, asker, async (conversation) => enter(conversation, asker, code));
    },

    /** What has come of the code that a device waited for. */
    async takeLogin(
      asker: RequestAsker,
      code: string,
      wanted: CodeWanted,
    ): Promise<Answer<LoginFound>> {
      return converse(calls, asker, async (conversation) =>
        takeLogin(dependencies, conversation, asker, { code, wanted }),
      );
    },

    /** Ends the wait of a device whose code nobody wants any more, where it waits in this process. */
    async leaveRoom(whose: DeviceIdentity): Promise<{ room: string }> {
      room.leave(whose);
      return { room: room.id };
    },

    /** A profile that a login has led to in the last moments of its code. */
    async lookForProfile(
      asker: RequestAsker,
      wanted: ProfileWanted,
    ): Promise<Answer<FoundProfile | null>> {
      return converse(calls, asker, async (conversation) => {
        tellOfWait(conversation, asker);
        const profile = await findProfile(conversation, wanted);
        if (profile) room.leave(asker);
        return profile ?? null;
      });
    },

    /** What a viewer may choose from, without the profiles of these. */
    async listProfiles(
      asker: RequestAsker,
      passOver: ProfileMark[],
    ): Promise<Answer<ShownProfile[]>> {
      return converse(calls, asker, async (conversation) => listProfiles(conversation, passOver));
    },

    /** Names the provider for a code: the page that leads to it, or a sign-in at once (F4 5). */
    async chooseProvider(
      asker: RequestAsker,
      { code, setAside, ...wanted }: ChosenProvider,
    ): Promise<Answer<{ profile: FoundProfile } | { session: OwnSession & { url: string } }>> {
      return converse(calls, asker, async (conversation) => {
        for (const hasEnded of [false, true]) {
          const session = await nameProvider(conversation, code, wanted);
          const { action, url } = session;
          if (action === 'authenticate' && url !== undefined)
            return { session: { ...session, url } };
          if (action !== 'authorize') throw anotherProvider(conversation, action);
          const { mvpd } = wanted;
          const isDegraded = session.reason === DEGRADED;
          const direct = { mvpd, code, setAside, hasEnded: hasEnded || isDegraded };
          const came = await signInDirectly(conversation, direct);
          if (typeof came === 'object') return signedIn(asker, came.profile);
          // The rule may have been lifted meanwhile: the same question leads to the provider then.
          if (came !== 'ended' && !isDegraded) throw anotherProvider(conversation, action);
        }
        throw anotherProvider(conversation, 'authorize');
      });
    },

    /** What a login with this code has led to, because the viewer's browser has just come back. */
    async checkCode(
      asker: RequestAsker,
      code: string,
      wanted: CodeWanted,
    ): Promise<Answer<FoundProfile[]>> {
      return converse(calls, asker, async (conversation) => {
        const profiles = await profilesByCode(conversation, code, wanted);
        if (profiles.length > 0) room.leave(asker);
        return profiles;
      });
    },

    /** What may probably be played. */
    async preauthorize(
      asker: RequestAsker,
      mvpd: string,
      resources: string[],
    ): Promise<Answer<DecisionAnswer[]>> {
      return whileSignedIn(asker, 'preauthorize', (one) =>
        calls.preauthorize(one, mvpd, resources),
      );
    },

    /** The decision before a play; of a trial also what is left of it then. */
    async authorize(
      asker: RequestAsker,
      mvpd: string,
      resource: string,
      { readsTrial = false } = {},
    ): Promise<Answer<AuthorizeAnswer & { trial?: TrialNow }>> {
      return converse(calls, asker, async (conversation) => {
        const answer = await conversation.ask(
          { operation: 'authorize', whenRegistrationIsLost: 'refuse' },
          (one) => calls.authorize(one, mvpd, resource),
        );
        if (answer.status !== 'permitted') return answer;
        if (readsTrial) return { ...answer, trial: await trialNow(conversation, mvpd) };
        if (config.metadataAfterAuthorize.includes(mvpd))
          await readProfileAgain(conversation, mvpd);
        return answer;
      });
    },

    /** Whether Adobe shows a profile of the provider, for whom the request is from. */
    async hasProfile(asker: RequestAsker, mvpd: string): Promise<Answer<boolean>> {
      return converse(calls, asker, async (conversation) => {
        const profiles = await conversation.ask(
          { operation: 'profiles', whenRegistrationIsLost: 'leave' },
          (one) => conversation.calls.findProfiles(one, { mvpd }),
        );
        return profiles.length > 0;
      });
    },

    /** What the device has to do once its profile is ended at Adobe. */
    async logout(
      asker: RequestAsker,
      mvpd: string,
      redirectUrl?: string,
    ): Promise<Answer<LogoutAction[]>> {
      return whileSignedIn(asker, 'logout', (one) => calls.logout(one, mvpd, redirectUrl));
    },

    /** An access token for those who ask by themselves; it comes as news, with the settings. */
    async access(asker: RequestAsker, refusedExpiresAt?: number): Promise<Answer<null>> {
      return converse(calls, asker, async (conversation) => {
        readSettings(conversation, asker.app);
        await conversation.access({ refused: refusedExpiresAt });
        return null;
      });
    },
  };
}

async function nameProvider(
  conversation: Conversation,
  code: string,
  { mvpd, redirectUrl, orDefaultRedirect, viewerTokens }: Omit<ChosenProvider, 'code' | 'setAside'>,
): Promise<OwnSession> {
  return conversation.ask(
    { operation: 'resumeSession', whenRegistrationIsLost: 'refuse' },
    (asker) =>
      conversation.calls.resumeSession(viewerTokens ? { ...asker, viewerTokens } : asker, code, {
        mvpd,
        ...(redirectUrl === undefined ? {} : { redirectUrl, orDefaultRedirect }),
      }),
  );
}

/** `retry` though nothing is missing, `authorize` with no profile, or an action of later days. */
function anotherProvider(conversation: Conversation, action: string) {
  recordUnknown(conversation, 'resumeSession', action);
  const message = 'this provider can not be used now: choose another';
  return applicationFailure('provider_unavailable', message, { action: 'none' });
}
