import type { KeyObject } from 'node:crypto';
import type { Settings } from './options.ts';
import type { DeviceInfo } from './device-info.ts';

/** A registered client: one per application instance ("Dynamic Client Registration FAQs"). */
export interface Client {
  id: string;
  secret: string;
  statement: string;
  serviceProviders: readonly string[];
  scopes: readonly string[];
  revoked: boolean;
}

/** What a profile and a code are bound to. */
export interface Binding {
  clientId: string;
  device: string;
  serviceProvider: string;
  /** Whom the platform vouches for, where the call brought a token ("Platform identity"). */
  platform?: string | undefined;
  /** Whom the service token stands for, where the call brought one. */
  subject?: string | undefined;
}

/** An authentication session, found by its code. */
export interface Session extends Binding {
  code: string;
  sessionId: string;
  mvpd?: string;
  domainName?: string;
  redirectUrl?: string;
  notBefore: number;
  notAfter: number;
  /** The MVPD has ended it. */
  invalidated?: true;
  deviceInfo: DeviceInfo;
  userAgent: string;
  ip: string;
}

/** One user metadata value ("User metadata"). */
export interface Attribute {
  value: unknown;
  /** `plain` or `enc`. */
  state: string;
}

/** A regular profile. */
export interface StoredProfile extends Binding {
  mvpd: string;
  notBefore: number;
  notAfter: number;
  attributes: Record<string, Attribute>;
  /** False for a viewer whose package holds no channel. */
  subscribed: boolean;
  /** Ended before its time, by Adobe or the MVPD. */
  invalidated?: true;
  /** The MVPD has ended its own session; Adobe still shows the profile. */
  sessionEnded?: true;
}

/** What Apple's framework was asked, until its answer has come. */
export interface PartnerQuestion extends Binding {
  mvpd: string;
}

/** What the sandbox does of itself when a partner's framework is about to sign somebody in. */
export interface PartnerSso {
  /** A login with a code instead, for this reason. */
  fallback?: 'pfs_fallback' | 'configuration_fallback' | 'missing_parameters_fallback';
  /** Profiles made of its answers live so long, ms. Default: as all do. */
  profileLifeMs?: number;
}

/** A TempPass in use ("Temporary access"). */
export interface Trial {
  /** Of the first authorization. */
  startedAt: number;
  /** Titles of a promotional one that were played. */
  usedAssets: string[];
}

/** How the user metadata of one MVPD is encrypted, and written. */
export interface MetadataEncryption {
  mvpd: string;
  /** PEM, as the programmer gave it to Adobe. */
  certificate: string;
  scheme: 'rsa-oaep' | 'rsa-oaep-256' | 'rsa-pkcs1' | 'jwe';
  /** Names; default `zip`. */
  attributes?: readonly string[];
  /** With all that answers of Adobe's are known to do: blanks, line breaks, odd case, times as text. */
  odd?: boolean;
}

/** Rules of "Degraded access": who is let in while an MVPD is down. */
export type DegradationKind = 'AuthNAll' | 'AuthZAll' | 'AuthZNone';

/** A rule in force. */
export interface Degradation {
  kind: DegradationKind;
  /** For viewers, in `details` of what it denies. */
  message?: string | undefined;
}

/** Everything the sandbox remembers. */
export interface State {
  readonly settings: Settings;
  readonly revokedStatements: Set<string>;
  readonly clients: Map<string, Client>;
  readonly tokens: Map<string, { clientId: string; expiresAt: number }>;
  readonly sessions: Map<string, Session>;
  readonly profiles: Map<string, StoredProfile>;
  /** Browser logins under way: relay value to code. */
  readonly logins: Map<string, string>;
  /** What the MVPD's login said, until Adobe has consumed it. */
  readonly assertions: Map<string, { relay: string; mvpd: string; username: string }>;
  /** Browser logouts under way: ticket to redirectUrl. */
  readonly logouts: Map<string, { mvpd: string; redirectUrl: string }>;
  /** TempPass trials, by device and by identity. */
  readonly trials: Map<string, Trial>;
  /** Flaky resources already tried once. */
  readonly flaky: Set<string>;
  /** By channel and MVPD. */
  readonly degradations: Map<string, Degradation>;
  /** MVPDs whose metadata is complete with the first permit only. */
  readonly lateMetadata: Set<string>;
  readonly encryptions: Map<string, MetadataEncryption>;
  /** Of identity services, as handed over. */
  readonly serviceTokenKeys: { key: KeyObject; kid?: string | undefined }[];
  /** MVPDs for which single sign-on by service tokens is on (release notes 3.10.0). */
  readonly serviceTokenSso: Set<string>;
  /** First sign-ins, by subject, channel and MVPD. */
  readonly links: Map<string, StoredProfile>;
  /** Of Apple's framework: profiles, and questions by the id in their SAML request. */
  readonly partnerProfiles: Map<string, StoredProfile>;
  readonly partnerQuestions: Map<string, PartnerQuestion>;
  partnerSso: PartnerSso;
  /** Answers have what Adobe's samples and pages contradict each other in. */
  traps: boolean;
  readonly secrets: Set<string>;
}

/** A sandbox that has seen nothing yet. */
export function emptyState(settings: Settings): State {
  return {
    settings,
    revokedStatements: new Set(),
    clients: new Map(),
    tokens: new Map(),
    sessions: new Map(),
    profiles: new Map(),
    logins: new Map(),
    assertions: new Map(),
    logouts: new Map(),
    trials: new Map(),
    flaky: new Set(),
    degradations: new Map(),
    lateMetadata: new Set(),
    encryptions: new Map(),
    serviceTokenKeys: [],
    serviceTokenSso: new Set(),
    links: new Map(),
    partnerProfiles: new Map(),
    partnerQuestions: new Map(),
    partnerSso: {},
    traps: false,
    secrets: new Set(),
  };
}

/** Forgets everything but the settings. */
export function clearState(state: State): void {
  for (const part of Object.values(state)) {
    if (part instanceof Map || part instanceof Set) part.clear();
    else if (Array.isArray(part)) part.length = 0;
  }
  state.partnerSso = {};
  state.traps = false;
}
