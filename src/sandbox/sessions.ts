import { randomUUID } from 'node:crypto';
import { bindingOf, serviceProviderOf } from './access.ts';
import type { Answer, Call } from './call.ts';
import { mvpds } from './catalog.ts';
import { degradationOf } from './degradations.ts';
import { describeDevice } from './device-info.ts';
import { deviceOf } from './header-check.ts';
import { partnersProfile, validProfile } from './profile-store.ts';
import { missingFields, type SessionFields, sessionFields } from './session-fields.ts';
import { liveSession, openSession } from './session-store.ts';
import { onItsOwn, sharedProfile } from './single-sign-on.ts';
import type { Binding, Session, State } from './state.ts';

/** "Create authentication session". */
export function createSession(call: Call, state: State): Answer {
  const binding = bindingOf(call, state);
  const fields = sessionFields(call.text, binding.serviceProvider);
  const sessionId = randomUUID();
  const direct = directAnswer(state, binding, fields.mvpd, sessionId);
  if (direct !== undefined) return direct;
  return sessionAnswer(newSession(call, state, { ...binding, ...fields, sessionId }), 'resume');
}

/** A session with a new code. */
export function newSession(
  call: Call,
  state: State,
  given: Binding & SessionFields & Pick<Session, 'sessionId'>,
): Session {
  const notBefore = Date.now();
  return openSession(state, {
    ...given,
    notBefore,
    notAfter: notBefore + state.settings.codeLifeMs,
    deviceInfo: deviceOf(call).info,
    userAgent: call.headers['user-agent'] ?? '',
    ip: call.ip ?? '',
  });
}

/** "Resume authentication session": fills in what create lacked, for the device of the code. */
export function resumeSession(call: Call, state: State): Answer {
  const session = liveSession(state, call);
  Object.assign(session, sessionFields(call.text, serviceProviderOf(call).id));
  // The page of resume knows no single sign-on.
  const binding = onItsOwn(session);
  const direct = directAnswer(state, binding, session.mvpd, session.sessionId);
  return direct ?? sessionAnswer(session, 'retry');
}

/** "Retrieve authentication session information using code". */
export function retrieveSession(call: Call, state: State): Answer {
  const session = liveSession(state, call);
  const { mvpd, domainName, redirectUrl, serviceProvider } = session;
  return {
    status: 200,
    json: {
      ...missingOf(session),
      existingParameters: { mvpd, domainName, redirectUrl, serviceProvider },
      device: describeDevice(session.deviceInfo, session.userAgent, session.ip),
      ...validity(session),
    },
  };
}

/** Answer without a login: TempPass, a valid profile, or a degraded MVPD. It holds no code. */
export function directAnswer(
  state: State,
  binding: Binding,
  mvpd: string | undefined,
  sessionId: string,
  vouched = false,
): Answer | undefined {
  if (mvpd === undefined) return undefined;
  const reasonType = directReason(state, binding, mvpd, vouched);
  if (reasonType === undefined) return undefined;
  const { serviceProvider } = binding;
  const url = `/api/v2/${serviceProvider}/decisions/authorize/${mvpd}`;
  return {
    status: 200,
    json: {
      actionName: 'authorize',
      actionType: 'direct',
      reasonType,
      url,
      sessionId,
      mvpd,
      serviceProvider,
    },
  };
}

function directReason(
  state: State,
  binding: Binding,
  mvpd: string,
  vouched: boolean,
): string | undefined {
  if (mvpds.get(mvpd)?.isTempPass) return 'temporary';
  if (validProfile(state, binding, mvpd)) return 'authenticated';
  if (sharedProfile(state, binding, mvpd)) return 'authenticatedSSO';
  if (vouched && partnersProfile(state, binding, mvpd)) return 'authenticatedSSO';
  const rule = degradationOf(state, binding.serviceProvider, mvpd);
  return rule?.kind === 'AuthNAll' ? 'degraded' : undefined;
}

/** What create and resume answer for a session that needs a login. */
export function sessionAnswer(session: Session, incomplete: 'resume' | 'retry'): Answer {
  const { code, sessionId, mvpd, serviceProvider } = session;
  const complete = missingFields(session).length === 0;
  const next = complete
    ? { actionName: 'authenticate', actionType: 'interactive' }
    : { actionName: incomplete, actionType: 'direct' };
  const url = complete
    ? `/api/v2/authenticate/${serviceProvider}/${code}`
    : `/api/v2/${serviceProvider}/sessions/${code}`;
  return {
    status: 200,
    json: {
      ...next,
      reasonType: 'none',
      ...missingOf(session),
      url,
      code,
      sessionId,
      mvpd,
      serviceProvider,
      ...validity(session),
    },
  };
}

function missingOf(session: Session): { missingParameters?: string[] } {
  const missingParameters = missingFields(session);
  return missingParameters.length === 0 ? {} : { missingParameters };
}

/** Sessions print their times as strings, unlike profiles, decisions and tokens. */
function validity({ notBefore, notAfter }: Session) {
  return { notBefore: String(notBefore), notAfter: String(notAfter) };
}
