import { mvpds, serviceProviders } from './catalog.ts';
import type {
  DegradationKind,
  MetadataEncryption,
  PartnerSso,
  State,
  StoredProfile,
} from './state.ts';

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
  /** Puts an MVPD under a degradation rule. Throws for an unknown MVPD. */
  degrade(rule: DegradationRule): void;
  /**
   * Encrypts attributes of an MVPD's profiles from now on, also of those that there are. Throws for an
   * unknown MVPD.
   */
  encryptMetadata(encryption: MetadataEncryption): void;
  /** The MVPD tells a household of its own with the first permit only. Throws for an unknown MVPD. */
  completeMetadataOnAuthorize(mvpd: string): void;
  /** Lifts the rule of one MVPD, or every rule. */
  undegrade(mvpd?: string): void;
  /** What becomes of sign-ins by a partner's framework from now on; nothing: as they should be. */
  partnerSso(switches: PartnerSso): void;
}

/** A rule of "Degraded access". */
export interface DegradationRule {
  mvpd: string;
  kind: DegradationKind;
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
    degrade({ mvpd, kind }) {
      mustBeKnown(mvpd);
      state.degradations.set(mvpd, kind);
    },
    encryptMetadata(encryption) {
      mustBeKnown(encryption.mvpd);
      state.encryptions.set(encryption.mvpd, encryption);
    },
    completeMetadataOnAuthorize(mvpd) {
      mustBeKnown(mvpd);
      state.lateMetadata.add(mvpd);
    },
    undegrade(mvpd) {
      if (mvpd === undefined) state.degradations.clear();
      else state.degradations.delete(mvpd);
    },
    partnerSso(switches) {
      state.partnerSso = switches;
    },
  };
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
    degradations: Object.fromEntries(state.degradations),
    partnerSso: state.partnerSso,
  };
}

function shown({ device, serviceProvider, mvpd, notAfter }: StoredProfile) {
  return { device, serviceProvider, mvpd, notAfter };
}
