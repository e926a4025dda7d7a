import type { OwnSession } from '../sessions.ts';
import { applicationFailure } from '../failures.ts';
import type { FoundProfile } from '../found-profile.ts';
import { type Conversation, problemOf } from './conversation.ts';
import { signInDirectly } from './find-profile.ts';

export interface SessionWanted {
  mvpd?: string;
  redirectUrl?: string;
  /** Where Adobe refuses that one, the app's own is better than no session. */
  orDefaultRedirect: boolean;
  /** The viewer is signed in with this provider, and wants a new sign-in. */
  insteadOf?: string;
  /** The provider whose profile was set aside. */
  setAside?: string;
  /** A login of this device's own: what others share with it was refused. */
  onItsOwn?: true;
  /** Nobody asks now: a provider that can't be had any more is left to be chosen anew. */
  orAnyMvpd?: boolean;
}

/** What a session leads to: a code to show, or a sign-in at once. */
export type Opened =
  | { profile: FoundProfile }
  /** With the provider that it was opened for. */
  | { session: ShownSession; mvpd?: string };

/** A session with a code to show, and the proof of whose it is. */
export type ShownSession = OwnSession & Required<Pick<OwnSession, 'code' | 'proof'>>;

/** Once for a profile that had to be ended first, or a degradation that was lifted meanwhile. */
const MAX_SESSIONS = 2;

/**
 * Opens a session at Adobe. Nearly always there is a code to show then; a valid profile, TempPass
 * or a degraded MVPD answers `authorize` with no code, and the device is signed in at once (F2 3).
 *
 * @throws ApplicationFailure with Adobe's reason, or `no_profile`
 */
export async function openSession(
  conversation: Conversation,
  wanted: SessionWanted,
): Promise<Opened> {
  if (!wanted.orAnyMvpd || wanted.mvpd === undefined) return open(conversation, wanted);
  try {
    return await open(conversation, wanted);
  } catch (error) {
    const problem = problemOf(error);
    if (!problem || problem.retryable) throw error;
    return open(conversation, withoutMvpd(wanted));
  }
}

async function open(conversation: Conversation, wanted: SessionWanted): Promise<Opened> {
  for (let left = MAX_SESSIONS; ; left -= 1) {
    const session = await createSession(conversation, wanted);
    if (session.action === 'authorize') {
      const mvpd = session.mvpd ?? wanted.mvpd;
      if (mvpd !== undefined && mvpd === wanted.insteadOf) {
        // Signed in with it already: whoever wants it again, anew, chooses it with the code.
        const { insteadOf: _done, ...anew } = withoutMvpd(wanted);
        return open(conversation, anew);
      }
      const isSetAside = mvpd !== undefined && mvpd === wanted.setAside;
      if (isSetAside && session.reason === SHARED && !wanted.onItsOwn) {
        return open(conversation, { ...wanted, onItsOwn: true });
      }
      const { code } = session;
      const isDegraded = session.reason === DEGRADED;
      const hasEnded = isDegraded || left < MAX_SESSIONS;
      const { setAside } = wanted;
      const came = await signInDirectly(conversation, { mvpd, code, setAside, hasEnded });
      if (typeof came === 'object') return came;
      const isLifted = isDegraded && came === 'no-profile';
      if ((came === 'ended' || isLifted) && left > 1) continue;
    }
    return codeOf(conversation, session, wanted);
  }
}

/** A session's reason, as Adobe gives it: a rule lets everybody in. */
export const DEGRADED = 'degraded';

function withoutMvpd({ mvpd: _gone, ...wanted }: SessionWanted): SessionWanted {
  return wanted;
}

async function createSession(
  conversation: Conversation,
  { mvpd, redirectUrl, orDefaultRedirect, onItsOwn }: SessionWanted,
): Promise<OwnSession> {
  return conversation.ask(
    { operation: 'createSession', whenRegistrationIsLost: 'register-again' },
    (asker) =>
      conversation.calls.createSession(onItsOwn ? { ...asker, onItsOwn } : asker, {
        ...(mvpd === undefined ? {} : { mvpd }),
        ...(redirectUrl === undefined ? {} : { redirectUrl, orDefaultRedirect }),
      }),
  );
}

/** Signed in already, by what another app or device did (`rest-api-v2-sessions-apis`). */
const SHARED = 'authenticatedSSO';

const KNOWN_ACTIONS: readonly string[] = ['authenticate', 'resume', 'retry', 'authorize'];

/** The code of a session. @throws ApplicationFailure `no_profile` where it has none */
export function codeOf(
  conversation: Conversation,
  session: OwnSession,
  { mvpd }: { mvpd?: string | undefined },
): Opened {
  const { action, code, proof } = session;
  if (code === undefined || proof === undefined) throw noWayOn(conversation, action);
  if (!KNOWN_ACTIONS.includes(action)) recordUnknown(conversation, 'createSession', action);
  // What a framework is to be asked is sealed where it is wanted, and has no place beside a code.
  const { authenticationRequest: _none, ...shown } = session;
  return { session: { ...shown, code, proof }, ...(mvpd === undefined ? {} : { mvpd }) };
}

function noWayOn(conversation: Conversation, action: string) {
  const code = 'no_profile';
  const message = `Adobe Pass answered ${action}, with no code, but shows no profile`;
  conversation.failed('createSession', { code, message, action: 'none' });
  return applicationFailure(code, message, { action: 'none' });
}

/** An action that came into being later, or makes no sense here: operators see its name. */
export function recordUnknown(conversation: Conversation, operation: string, action: string): void {
  conversation.failed(operation, {
    code: 'unknown_action',
    message: `Adobe Pass answered with actionName ${JSON.stringify(action.slice(0, 80))}, which leads no further`,
    action: 'none',
  });
}
