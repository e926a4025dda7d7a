import { configuration } from './configuration.ts';
import type { Configuration } from './configuration.ts';
import { decide } from './decisions.ts';
import type { Decision, DecisionsInput } from './decisions.ts';
import type { V2Input } from './input.ts';
import { logout } from './logout.ts';
import type { LogoutAction, LogoutInput } from './logout.ts';
import type { Call } from './operation.ts';
import { settingsOf } from './options.ts';
import type { AdobePassOptions } from './options.ts';
import { partnerProfile, partnerRequest } from './partner-sso.ts';
import type { PartnerProfileInput, PartnerRequestInput } from './partner-sso.ts';
import { profileByMvpd, profiles, profilesByCode } from './profiles.ts';
import type { MvpdInput, Profile } from './profiles.ts';
import { accessToken, register } from './registration.ts';
import type {
  AccessToken,
  AccessTokenInput,
  ClientCredentials,
  RegisterInput,
} from './registration.ts';
import { authenticateUrl, createSession, resumeSession, retrieveSession } from './sessions.ts';
import type {
  CodeInput,
  CreateSessionInput,
  ResumeSessionInput,
  Session,
  SessionInfo,
} from './sessions.ts';
import { createTransport } from './transport.ts';

/**
 * Dynamic Client Registration and REST API V2, call by call. Every call rejects with an
 * `AdobePassError`, or with the reason of its aborted signal; none is repeated here.
 */
export interface AdobePass {
  register(input: RegisterInput, call?: Call): Promise<ClientCredentials>;
  accessToken(input: AccessTokenInput, call?: Call): Promise<AccessToken>;
  configuration(input: V2Input, call?: Call): Promise<Configuration>;
  createSession(input: CreateSessionInput, call?: Call): Promise<Session>;
  resumeSession(input: ResumeSessionInput, call?: Call): Promise<Session>;
  retrieveSession(input: CodeInput, call?: Call): Promise<SessionInfo>;
  /** The address a browser opens to sign in; makes no request. */
  authenticateUrl(input: { serviceProvider: string; code: string }): string;
  profiles(input: V2Input, call?: Call): Promise<Profile[]>;
  profileByMvpd(input: MvpdInput, call?: Call): Promise<Profile | undefined>;
  /** The longest validity first; empty while the viewer isn't done signing in. */
  profilesByCode(input: CodeInput, call?: Call): Promise<Profile[]>;
  /** For filtering what is shown, never for playback. */
  preauthorize(input: DecisionsInput, call?: Call): Promise<Decision[]>;
  /** Needed before every playback. */
  authorize(input: DecisionsInput, call?: Call): Promise<Decision[]>;
  logout(input: LogoutInput, call?: Call): Promise<LogoutAction[]>;
  /** What the partner's framework is asked, a code in place of it, or where the viewer stands. */
  partnerRequest(input: PartnerRequestInput, call?: Call): Promise<Session>;
  /** The profile that its answer leads to. */
  partnerProfile(input: PartnerProfileInput, call?: Call): Promise<Profile[]>;
  /** Closes the kept connections. */
  close(): void;
}

/**
 * Makes a client for one Adobe environment. Share it: throttle, bulkhead, breaker and connections
 * are per client.
 *
 * @throws RangeError or TypeError for settings that can't work.
 */
export function createAdobePass(options: AdobePassOptions): AdobePass {
  const settings = settingsOf(options);
  const { send, close } = createTransport(settings);
  const base = settings.baseUrl;
  return {
    register: async (input, call) => register(send, input, call),
    accessToken: async (input, call) => accessToken(send, input, call),
    configuration: async (input, call) =>
      configuration(send, settings.maxConfigurationBytes, input, call),
    createSession: async (input, call) => createSession(send, base, input, call),
    resumeSession: async (input, call) => resumeSession(send, base, input, call),
    retrieveSession: async (input, call) => retrieveSession(send, input, call),
    authenticateUrl: (input) => authenticateUrl(base, input),
    profiles: async (input, call) => profiles(send, input, call),
    profileByMvpd: async (input, call) => profileByMvpd(send, input, call),
    profilesByCode: async (input, call) => profilesByCode(send, input, call),
    preauthorize: async (input, call) => decide(send, 'preauthorize', input, call),
    authorize: async (input, call) => decide(send, 'authorize', input, call),
    logout: async (input, call) => logout(send, input, call),
    partnerRequest: async (input, call) => partnerRequest(send, base, input, call),
    partnerProfile: async (input, call) => partnerProfile(send, input, call),
    close,
  };
}
