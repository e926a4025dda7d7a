import type { Answer } from '../../workflows/news.ts';
import type { AuthorizeAnswer, DecisionAnswer, LogoutAction } from '../../workflows/messages.ts';
import { createCalls } from '../calls.ts';
import type { Dependencies } from '../dependencies.ts';
import { applicationFailure } from '../failures.ts';
import type { FoundProfile } from '../found-profile.ts';
import type { CodeWanted } from '../profiles.ts';
import type { OwnSession } from '../sessions.ts';
import { lifecycleSettings } from '../settings.ts';
import { type Conversation, converse, problemOf, type RequestAsker } from './conversation.ts';
import { findProfile, profilesByCode, type ProfileWanted, signInDirectly } from './find-profile.ts';
import {
  openSession,
  recordUnknown,
  type SessionWanted,
  type SignInFound,
} from './open-session.ts';

export interface SignInWanted {
  /** Where the settings of the worker are to be read anew: somebody asks. */
  readsSettings: boolean;
  /** Absent: no profile is looked for, only a session opened. */
  profile?: ProfileWanted;
  session: SessionWanted;
}

/** A provider that was chosen on a second screen. */
export interface ChosenProvider {
  code: string;
  mvpd: string;
  redirectUrl?: string;
  orDefaultRedirect: boolean;
  /** The provider whose profile was set aside. */
  setAside?: string;
}

/**
 * What workflows ask of Adobe: one local activity a request, for what costs is the step from a workflow
 * to an activity and back. Each brings back what it found out on the way, failed or not.
 */
export function requestActivities(dependencies: Dependencies) {
  const calls = createCalls(dependencies);
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
    /** A sign-in with a profile that is there already, or else a session with its code. */
    async seekSignIn(
      asker: RequestAsker,
      { readsSettings, profile, session }: SignInWanted,
    ): Promise<Answer<SignInFound>> {
      return converse(calls, asker, async (conversation) => {
        if (readsSettings) readSettings(conversation, asker.app);
        const found = profile && (await findProfile(conversation, profile));
        return found ? { profile: found } : openSession(conversation, session);
      });
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
          const came = await signInDirectly(conversation, { mvpd, code, setAside, hasEnded });
          if (typeof came === 'object') return came;
          if (came !== 'ended') throw anotherProvider(conversation, action);
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
      return converse(calls, asker, async (conversation) =>
        profilesByCode(conversation, code, wanted),
      );
    },

    /** What may probably be played. */
    async preauthorize(
      asker: RequestAsker,
      mvpd: string,
      resources: string[],
    ): Promise<Answer<DecisionAnswer[]>> {
      return converse(calls, asker, async (conversation) =>
        conversation.ask({ operation: 'preauthorize', whenRegistrationIsLost: 'refuse' }, (one) =>
          calls.preauthorize(one, mvpd, resources),
        ),
      );
    },

    /** The decision before a play. */
    async authorize(
      asker: RequestAsker,
      mvpd: string,
      resource: string,
    ): Promise<Answer<AuthorizeAnswer>> {
      return converse(calls, asker, async (conversation) =>
        conversation.ask({ operation: 'authorize', whenRegistrationIsLost: 'refuse' }, (one) =>
          calls.authorize(one, mvpd, resource),
        ),
      );
    },

    /** What the device has to do once its profile is ended at Adobe. */
    async logout(
      asker: RequestAsker,
      mvpd: string,
      redirectUrl?: string,
    ): Promise<Answer<LogoutAction[]>> {
      return converse(calls, asker, async (conversation) =>
        conversation.ask({ operation: 'logout', whenRegistrationIsLost: 'refuse' }, (one) =>
          calls.logout(one, mvpd, redirectUrl),
        ),
      );
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
  { mvpd, redirectUrl, orDefaultRedirect }: Omit<ChosenProvider, 'code' | 'setAside'>,
): Promise<OwnSession> {
  return conversation.ask(
    { operation: 'resumeSession', whenRegistrationIsLost: 'refuse' },
    (asker) =>
      conversation.calls.resumeSession(asker, code, {
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
