import type { Partner, PartnerRequest } from '../../workflows/messages.ts';
import type { Sealed } from '../../sealing/index.ts';
import { isTrial } from '../../profile-marks.ts';
import type { OwnSession } from '../sessions.ts';
import { type Conversation, problemOf } from './conversation.ts';
import { type ProfileWanted, signInDirectly } from './find-profile.ts';
import type { SignInWanted } from './index.ts';
import { codeOf, type Opened, openSession, type SessionWanted } from './open-session.ts';

/** A sign-in by a partner's framework, and the code where it can't be had. */
export interface PartnerWanted extends Pick<SignInWanted, 'wait'> {
  partner: Partner;
  session: SessionWanted;
}

/** The beginning of one. */
export interface PartnerSignInWanted extends PartnerWanted {
  /** A profile that is there already will do. */
  profile: ProfileWanted;
  /** Without a status of the framework that counts nobody is asked. */
  onlyIfValid?: boolean;
}

/** Its end. */
export interface PartnerResponseWanted extends PartnerWanted {
  samlResponse: Sealed<string>;
}

/** What the framework is to be asked, as it is kept. */
export type SealedRequest = Pick<PartnerRequest, 'type' | 'request' | 'attributesNames' | 'mvpd'>;

/** A code may come in place of a partner's sign-in, and why. */
export type InPlaceOfIt = Opened & { fallback?: string };

/** What Adobe has the framework asked. */
export interface Asked {
  authenticationRequest: NonNullable<OwnSession['authenticationRequest']>;
  mvpd?: string;
}

/** Once for a profile that had to be ended first. */
const MAX_SESSIONS = 2;

/**
 * Asks for what the framework has to answer (F14 6). Adobe may know the viewer already, or want a login
 * with a code; and where it refuses, a code is better than an error.
 *
 * @throws ApplicationFailure with Adobe's reason, where asking again may help, or no code can be had
 */
export async function openPartnerSession(
  conversation: Conversation,
  { partner, session: wanted }: PartnerWanted,
): Promise<Asked | InPlaceOfIt> {
  for (let left = MAX_SESSIONS; left > 0; left -= 1) {
    const session = await unlessRefused(() => askPartnerSession(conversation, partner, wanted));
    if (typeof session === 'string') return codeInstead(conversation, wanted, session);
    const { action, authenticationRequest, reason, mvpd, code } = session;
    if (action === 'partner_profile' && authenticationRequest) {
      return { authenticationRequest, ...(mvpd === undefined ? {} : { mvpd }) };
    }
    if (action === 'authorize') {
      const hasEnded = left < MAX_SESSIONS;
      const { setAside } = wanted;
      const came = await signInDirectly(conversation, { mvpd, code, setAside, hasEnded });
      if (typeof came === 'object') return came;
      if (came === 'ended') continue;
    }
    if (code === undefined) return codeInstead(conversation, wanted, reason);
    const shown = codeOf(conversation, session, { mvpd });
    return { ...shown, fallback: reason };
  }
  return codeInstead(conversation, wanted, 'authenticated');
}

/**
 * The profile that the framework's answer leads to (F14 8); or a code, where Adobe refuses that answer or
 * the status beside it, or makes no profile of them.
 *
 * @throws ApplicationFailure as `openPartnerSession`
 */
export async function takePartnerResponse(
  conversation: Conversation,
  { partner, session, samlResponse }: PartnerResponseWanted,
): Promise<InPlaceOfIt> {
  const profiles = await unlessRefused(() =>
    conversation.ask(
      { operation: 'partnerProfile', whenRegistrationIsLost: 'register-again' },
      (asker) => conversation.calls.partnerProfile(asker, partner, samlResponse),
    ),
  );
  if (typeof profiles === 'string') return codeInstead(conversation, session, profiles);
  const held = profiles.filter((each) => !isTrial(each));
  const profile = held.find(({ issuer }) => issuer === partner) ?? held[0];
  return profile ? { profile } : codeInstead(conversation, session, 'no_profile');
}

async function askPartnerSession(
  conversation: Conversation,
  partner: Partner,
  { redirectUrl, orDefaultRedirect }: SessionWanted,
): Promise<OwnSession> {
  return conversation.ask(
    { operation: 'partnerRequest', whenRegistrationIsLost: 'register-again' },
    (asker) =>
      conversation.calls.partnerRequest(
        asker,
        partner,
        redirectUrl === undefined ? {} : { redirectUrl, orDefaultRedirect },
      ),
  );
}

/** @returns Adobe's code where it refuses for good; on record for operators already */
async function unlessRefused<T extends object>(ask: () => Promise<T>): Promise<T | string> {
  try {
    return await ask();
  } catch (error) {
    const problem = problemOf(error);
    if (!problem || problem.retryable || problem.status === 401 || !problem.status) throw error;
    return problem.code;
  }
}

async function codeInstead(
  conversation: Conversation,
  wanted: SessionWanted,
  fallback: string,
): Promise<InPlaceOfIt> {
  const opened = await openSession(conversation, wanted);
  return 'profile' in opened ? opened : { ...opened, fallback };
}
