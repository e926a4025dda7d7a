import { X509Certificate } from 'node:crypto';
import { mvpds, serviceProviders } from './catalog.ts';
import {
  degrade,
  type DegradationRule,
  type LiftedRules,
  listDegradations,
  undegrade,
} from './degradations.ts';
import { platformToken, type PlatformTokenWanted } from './platform-identity.ts';
import { readServiceTokenKey, type ServiceTokenKey } from './service-token.ts';
import type { MetadataEncryption, PartnerSso, State, StoredProfile } from './state.ts';

/** Stand-ins for what happens at Adobe and the MVPDs without the application's doing. */
export interface Controls {
  /** Every access token out there has expired. */
  expireAccessTokens(): void;
  /** Every client is refused until it registers anew. */
  revokeClients(): void;
  /** The statement registers no client any more, and its clients are refused. */
  revokeStatement(statement: string): void;
  /** Every profile has expired. */
  endProfiles(): void;
  /** The code has ended. Throws when there is no such session. */
  endSession(code: string): void;
  /** The MVPD has ended the session of a code. Throws when there is no such session. */
  invalidateSession(code: string): void;
  /** Profiles are ended before their time, of one MVPD or of all. Throws for an unknown MVPD. */
  invalidateProfiles(mvpd?: string): void;
  /**
   * MVPDs end their own sessions, of which Adobe learns with the next decision: profiles are still shown,
   * and permit nothing. Throws for an unknown MVPD.
   */
  endMvpdSessions(mvpd?: string): void;
  /**
   * Puts an MVPD under a degradation rule, for one channel or all. Throws for unknown ones, and for
   * two without an integration.
   */
  degrade(rule: DegradationRule): void;
  /** The time of every TempPass that has begun is used up. */
  useUpTrials(): void;
  /**
   * Encrypts attributes of an MVPD's profiles from now on, also of those that there are. Throws for an
   * unknown MVPD, and for what is no certificate.
   */
  encryptMetadata(encryption: MetadataEncryption): void;
  /** The MVPD tells a household of its own with the first permit only. Throws for an unknown MVPD. */
  completeMetadataOnAuthorize(mvpd: string): void;
  /** A token of a platform, such as the library of Amazon gives an app. */
  platformToken(wanted: PlatformTokenWanted): string;
  /** A public key of the programmer's identity service is handed over. Throws for what is none. */
  registerServiceTokenKey(key: ServiceTokenKey): void;
  /**
   * Switches single sign-on by service tokens for an MVPD; off at first (release notes 3.10.0). Throws
   * for an unknown MVPD.
   */
  switchServiceTokenSso(integration: { mvpd: string; enabled?: boolean }): void;
  /** Lifts the rules of an MVPD, of a channel, of both together, or every rule. */
  undegrade(lifted?: LiftedRules): void;
  /** Whether answers have all that Adobe's samples and pages contradict each other in (`traps.ts`). */
  setTraps(on: boolean): void;
  /** What becomes of sign-ins by a partner's framework from now on; nothing: as they should be. */
  partnerSso(switches: PartnerSso): void;
}

/** The controls over one sandbox's state. */
export function controlsOf(state: State): Controls {
  return {
    expireAccessTokens() {
      for (const token of state.tokens.values()) token.expiresAt = 0;
    },
    revokeClients() {
      for (const client of state.clients.values()) client.revoked = true;
    },
    revokeStatement(statement) {
      state.revokedStatements.add(statement);
      for (const client of state.clients.values()) {
        if (client.statement === statement) client.revoked = true;
      }
    },
    endProfiles() {
      const all = [...state.profiles.values(), ...state.partnerProfiles.values()];
      for (const profile of all) profile.notAfter = Date.now();
    },
    endSession(code) {
      if (!state.sessions.delete(code)) throw new Error(`no session has the code ${code}`);
    },
    invalidateSession(code) {
      const session = state.sessions.get(code);
      if (!session) throw new Error(`no session has the code ${code}`);
      session.invalidated = true;
    },
    invalidateProfiles(mvpd) {
      for (const profile of profilesOf(state, mvpd)) profile.invalidated = true;
    },
    endMvpdSessions(mvpd) {
      for (const profile of profilesOf(state, mvpd)) profile.sessionEnded = true;
    },
    useUpTrials() {
      for (const trial of state.trials.values()) trial.startedAt = 0;
    },
    degrade: (rule) => degrade(state, rule),
    encryptMetadata(encryption) {
      mustBeKnown(encryption.mvpd);
      mustBeCertificate(encryption.certificate);
      state.encryptions.set(encryption.mvpd, encryption);
    },
    completeMetadataOnAuthorize(mvpd) {
      mustBeKnown(mvpd);
      state.lateMetadata.add(mvpd);
    },
    platformToken: (wanted) => platformToken(state, wanted),
    registerServiceTokenKey({ publicKey, kid }) {
      state.serviceTokenKeys.push({ key: readServiceTokenKey(publicKey), kid });
    },
    switchServiceTokenSso({ mvpd, enabled = true }) {
      mustBeKnown(mvpd);
      if (enabled) state.serviceTokenSso.add(mvpd);
      else state.serviceTokenSso.delete(mvpd);
    },
    undegrade: (lifted) => undegrade(state, lifted),
    setTraps(on) {
      state.traps = on;
    },
    partnerSso(switches) {
      state.partnerSso = switches;
    },
  };
}

function profilesOf({ profiles, partnerProfiles }: State, mvpd: string | undefined) {
  if (mvpd !== undefined) mustBeKnown(mvpd);
  const all = [...profiles.values(), ...partnerProfiles.values()];
  return all.filter((one) => mvpd === undefined || one.mvpd === mvpd);
}

function mustBeCertificate(pem: string): void {
  try {
    void new X509Certificate(pem);
  } catch {
    throw new Error('certificate is no X.509 certificate in PEM form');
  }
}

function mustBeKnown(mvpd: string): void {
  if (mvpds.has(mvpd)) return;
  throw new Error(`no MVPD '${mvpd}'; there are ${[...mvpds.keys()].join(', ')}`);
}

/** What the sandbox holds, without a secret in it. */
export function overview(state: State) {
  const now = Date.now();
  return {
    serviceProviders: [...serviceProviders.keys()],
    mvpds: [...mvpds.keys()],
    settings: state.settings,
    clients: state.clients.size,
    accessTokens: [...state.tokens.values()].filter(({ expiresAt }) => expiresAt > now).length,
    sessions: [...state.sessions.values()].map(({ code, serviceProvider, mvpd, notAfter }) => ({
      code,
      serviceProvider,
      mvpd,
      notAfter,
    })),
    profiles: [...state.profiles.values()].map(shown),
    partnerProfiles: [...state.partnerProfiles.values()].map(shown),
    degradations: listDegradations(state),
    serviceTokenSso: [...state.serviceTokenSso],
    partnerSso: state.partnerSso,
    traps: state.traps,
  };
}

function shown({ device, serviceProvider, mvpd, notAfter }: StoredProfile) {
  return { device, serviceProvider, mvpd, notAfter };
}
