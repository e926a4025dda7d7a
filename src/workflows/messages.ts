import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { DeviceFacts, Network } from '../adobe-pass/device.ts';
import type { ViewerTokens } from '../adobe-pass/viewer-tokens.ts';
import type { Sealed } from '../sealing/index.ts';
import type {
  EndedElsewhere,
  Household,
  HouseholdView,
  RemoteLogoutRequest,
  RenameRequest,
} from './household-messages.ts';
import type { UpstreamCall, UpstreamError } from './upstream-call.ts';
import type {
  Partner,
  PartnerAnswer,
  PartnerResponseRequest,
  PartnerSignInRequest,
} from './partner-messages.ts';
import type {
  CodeRequest,
  Confirmation,
  ConfirmRequest,
  DisownRequest,
  LoginView,
  Place,
  VisitRequest,
} from './second-screen-messages.ts';

export type * from './partner-messages.ts';
export type * from './second-screen-messages.ts';
export type * from './household-messages.ts';

/** What every request brings along: the facts of a device change (a new IP, another connection). */
export interface FromDevice {
  facts: DeviceFacts;
  /** Sealed, for the address of a viewer is personal data. */
  network: Sealed<Network>;
  /** Of its viewer, as they are now: single sign-on and visitor id. */
  viewerTokens?: Sealed<ViewerTokens>;
  /** One of them brings profiles into sight that other apps and devices made. */
  singleSignOn?: boolean;
  /** Of a Roku. Absent: as before. */
  account?: Account;
  /** Whose TV it is, as its backend vouches. */
  household?: Household;
}

/** The account behind a Roku, by which Adobe knows the device. */
export interface Account {
  /** A hash of its subscriber id, for this device alone: another account has another. */
  name: string;
  /** The subscriber id. */
  id: Sealed<string>;
}

/** The provider that a viewer chose, with what a picker showed of it (kept for next time). */
export interface ChosenMvpd {
  id: string;
  displayName?: string;
  logoUrl?: string;
}

/** Signs in, or asks for a code. Sizes of all requests: `requests.ts`; what is larger is refused. */
export interface AuthenticateRequest extends FromDevice {
  mvpd?: ChosenMvpd;
  /** Ends a code that is still waiting and asks for a new one. */
  restart?: boolean;
  /** The first of the app's trials that is not used up, in place of a provider. */
  trial?: true;
  /**
   * What a promotional TempPass knows the viewer by: a hash, sealed for `mvpd` (`ofTrialOf`), or with
   * `trial` for any of the app's (`ofAnyTrialOf`).
   */
  tempPassIdentity?: Sealed<string>;
  /** `same`: the MVPD's page opens on the device itself, so polling waits for the browser's return. */
  screen?: 'second' | 'same';
  /**
   * Where the viewer's browser ends; replaces the app's default. It carries the device's handle, and a
   * proof (`withProof`) as all such addresses.
   */
  redirectUrl?: string;
  /** Where the TV seems to be, sealed: personal data. */
  place?: Sealed<Place>;
  /** Id of the app's software statement, by which operators count what viewers decline. */
  statement?: string;
  /** Who asks watches from the answer on: no `watch` has to follow. */
  watcher?: Watcher;
}

/** A provider for the code that is waiting. */
export interface ResumeRequest {
  /** The code that the viewer typed: a guard against resuming a session that is gone. */
  code: string;
  mvpd: ChosenMvpd;
  redirectUrl?: string;
  /** Of the second screen, for this request alone: its visitor id. */
  viewerTokens?: Sealed<ViewerTokens>;
}

/** What may probably be played: 1 to 500 resource ids. */
export interface DecisionsRequest extends FromDevice {
  resources: string[];
  /** Asks Adobe even for what was permitted a moment ago. */
  refresh?: boolean;
}

/** The decision before a play: one resource id, or an MRSS document of 4,096 characters at most. */
export interface AuthorizeRequest extends FromDevice {
  resource: string;
}

/** Signs out; `redirectUrl` is where a browser ends that has to open the provider's page. */
export interface LogoutRequest extends FromDevice {
  redirectUrl?: string;
}

/** A process that wants to be told of changes: it serves the activity `deliver` on its own queue. */
export interface Watcher {
  id: string;
  taskQueue: string;
  /** Who only waits for the login is not told of what comes after: that saves six events. */
  until?: 'signed-in';
}

/** Where the device stands. The same value answers `authenticate`, `resume`, `view` and watchers. */
export type Standing =
  | {
      status: 'pending';
      generation: number;
      code: string;
      /** The page that a browser opens to sign in; absent while a provider has to be chosen. */
      url?: string;
      /** ms since the epoch */
      expiresAt: number;
      missingParameters: string[];
      /** That `code` and `url` are this device's own: to be checked before they are shown. */
      proof: Sealed<null>;
      mvpd?: ChosenMvpd;
      /** The provider's page opens on the device itself; absent: on a second screen. */
      screen?: 'same';
      /** Which of the grants to the app holds; absent: the first (`revokeGrant`). */
      grant?: number;
      /** A browser that waits for the TV's word. */
      confirmation?: Confirmation;
      /** Why there is a code in place of a partner's sign-in: Adobe's reason, or its error's code. */
      fallback?: string;
    }
  | {
      status: 'signed-in';
      generation: number;
      profile: SignedInProfile;
      grant?: number;
      /** Of a TempPass: whether its clock runs, which the first play starts. */
      trial?: { hasBegun: boolean };
    }
  | {
      status: 'signed-out';
      generation: number;
      reason: SignedOutReason;
      mvpd?: ChosenMvpd;
      grant?: number;
      /** The sign-in was by this partner's framework, which may renew it before a code is shown. */
      partner?: Partner;
    };

/** The profile at Adobe that a sign-in stands for. */
export interface SignedInProfile {
  mvpd: ChosenMvpd;
  type: string;
  issuer: string;
  /** ms since the epoch: when it was made, where Adobe says so */
  notBefore?: number;
  /** ms since the epoch */
  notAfter: number;
  /** The viewer's metadata: personal data. */
  attributes: Sealed<Record<string, unknown>>;
  /** Of a promotional TempPass, where Adobe says so. */
  titlesLeft?: number;
}

/** A profile that Adobe shows, for a choice. */
export interface ShownProfile {
  /** Its id. */
  mvpd: string;
  type: string;
  /** ms since the epoch */
  notAfter: number;
}

/** One profile, to be told from a newer one of the same provider; without times: any of it. */
export interface ProfileMark {
  mvpd: string;
  /** ms since the epoch */
  notBefore?: number;
  notAfter?: number;
  /** Only where others share it with the device (single sign-on). */
  ofOthers?: true;
}

/** Why nobody is signed in. */
export type SignedOutReason =
  | 'new'
  | 'logout'
  /** Somebody of its household signed this TV out, on another screen. */
  | 'household'
  | 'abandoned'
  /** A viewer said on the phone, or on the TV, that the login is none of theirs; or the sign-in after it. */
  | 'declined'
  /** More browsers opened the code than a household has: it went from hand to hand. */
  | 'code-shared'
  /** The code ran out and nobody was there to see a new one, or the limit of new codes was reached. */
  | 'code-expired'
  /** The code ran out and no new session could be had from Adobe. */
  | 'no-new-session'
  | 'profile-expired'
  /** The time or the titles of a TempPass are used up: its stream has to stop, for Adobe stops none. */
  | 'trial-ended'
  /** The Roku belongs to another account now: whoever was signed in has left it. */
  | 'account-changed'
  /** A decision said that the viewer has to sign in again. */
  | 'sign-in-required'
  /** Adobe no longer knows the client credentials; profiles made with them are gone. */
  | 'registration-lost'
  /** All that was kept of the device and its viewer goes: a privacy request, or an operator. */
  | 'forgotten';

/** One item of a decision, as the app needs it. A denial is an answer, not a failure. */
export interface DecisionAnswer {
  resource: string;
  authorized: boolean;
  source?: string;
  error?: { code: string; action: string; message: string; details?: string; trace?: string };
}

/** What the server that releases the stream verifies; for one use. Times in ms since the epoch. */
export interface MediaToken {
  value: string;
  notBefore: number;
  notAfter: number;
}

/** A decision before a play. */
export type AuthorizeAnswer =
  | {
      status: 'permitted';
      resource: string;
      mvpd: string;
      source: string;
      mediaToken: Sealed<MediaToken>;
    }
  | {
      status: 'denied';
      resource: string;
      mvpd: string;
      /** Who said so: `mvpd`, `degradation`, ... */
      source?: string;
      code: string;
      /** `authentication`: the viewer has to sign in again. */
      action: string;
      message: string;
      details?: string;
      trace?: string;
    };

/** What Adobe wants done after a logout, an MVPD each. */
export interface LogoutAction {
  mvpd: string;
  actionName: string;
  actionType: string;
  /** To be opened in a browser where the action is interactive. */
  url?: string;
}

/** What is left to do on the device. */
export interface LogoutAnswer {
  status: 'signed-out';
  actions: LogoutAction[];
  /**
   * The viewer is signed out here, but Adobe could not be told, or said something else: its profile
   * may live on there. It signs nobody in again here.
   */
  problem?: { code: string; action: string; message: string; status?: number; trace?: string };
}

/** Ends the device, with all that is kept of its viewer. */
export interface ForgetRequest {
  /** Ends the profile at Adobe too, where somebody is signed in. */
  logsOut?: boolean;
}

/** The last words of a device: what a privacy request to Adobe is made of, and which run said so. */
export interface ForgetAnswer {
  runId: string;
  /** Of who was signed in; absent where nobody was. */
  profile?: Pick<SignedInProfile, 'mvpd' | 'notAfter' | 'attributes'>;
  serviceProvider?: string;
  /** Where it was asked for, and somebody was signed in. */
  logout?: Omit<LogoutAnswer, 'status'>;
}

/** What operators and callers may see without any key. */
export interface DeviceView {
  standing: Standing;
  app: string;
  deviceId: string;
  serviceProvider?: string;
  registered: boolean;
  automaticSessions: number;
  watchers: number;
  /** Software statement of the app that asked last. */
  statement?: string;
  /** While a code waits. */
  login?: LoginView;
  /** For the other TVs of its household. */
  household?: HouseholdView;
  /** Name of the account behind a Roku. */
  account?: Account['name'];
  lastError?: UpstreamError;
  /** The last upstream calls, oldest first. */
  calls: UpstreamCall[];
}

/** What a watcher is told; `sequence` grows, so that a late message can be told from a new one. */
export interface Change {
  registration: string;
  deviceWorkflowId: string;
  sequence: number;
  standing: Standing;
  /** The device's life ends with it: the next one begins when the TV wants a code. */
  isLast?: boolean;
}

// Named with Adobe's verbs. Updates have validators: a refused one leaves no event.
/** Signs in, or gives a code. All updates fail with the code of what went wrong as `type`. */
export const authenticate = defineUpdate<Standing, [AuthenticateRequest]>('authenticate');
/** Adds the provider to the code that waits. Fails: `unknown_code`. */
export const resume = defineUpdate<Standing, [ResumeRequest]>('resume');
/** What may probably be played. Fails: `not_signed_in`. */
export const preauthorize = defineUpdate<DecisionAnswer[], [DecisionsRequest]>('preauthorize');
/** The decision before a play, asked anew each time. Fails: `not_signed_in`. */
export const authorize = defineUpdate<AuthorizeAnswer, [AuthorizeRequest]>('authorize');
/** Signs out, whatever Adobe says. Fails: `not_signed_in` while a code waits. */
export const logout = defineUpdate<LogoutAnswer, [LogoutRequest]>('logout');
/** The profiles that Adobe shows now, the longest validity first (ATN-16). */
export const profiles = defineUpdate<ShownProfile[], [FromDevice]>('profiles');
/** Ends the device; whoever asks deletes its history then (`client/forget.ts`). */
export const forget = defineUpdate<ForgetAnswer, [ForgetRequest]>('forget');
/** Nobody wants the code any more. */
export const abandon = defineUpdate<Standing>('abandon');
/** A browser opened the code. Fails: `unknown_code`. */
export const visit = defineUpdate<LoginView | undefined, [VisitRequest]>('visit');
/** The viewer on the second screen wants none of it: the code ends. Fails: `unknown_code`. */
export const decline = defineUpdate<Standing, [CodeRequest]>('decline');
/** The TV shows a new code in place of one that is too old to be opened. Fails: `unknown_code`. */
export const replaceCode = defineUpdate<Standing, [CodeRequest]>('replaceCode');
/** The TV's word on a browser that waits. Fails: `unknown_confirmation`. */
export const confirm = defineUpdate<Standing, [ConfirmRequest]>('confirm');
/** Ends a sign-in that the viewer knows nothing of. Fails: `not_signed_in`. */
export const disown = defineUpdate<Standing, [DisownRequest]>('disown');
/** The household names the TV. Fails: `not_in_household`, as the next one does. */
export const rename = defineUpdate<null, [RenameRequest]>('rename');
/** Signs the TV out from another screen of its household, whatever Adobe says. */
export const remoteLogout = defineUpdate<LogoutAnswer, [RemoteLogoutRequest]>('remoteLogout');
/** What the partner's framework is to be asked, or where the device stands; perhaps with a code instead. */
export const partnerSignIn = defineUpdate<PartnerAnswer, [PartnerSignInRequest]>('partnerSignIn');
/** What the framework answered: signs in, or gives a code. */
export const partnerResponse = defineUpdate<Standing, [PartnerResponseRequest]>('partnerResponse');
/** Tells a process of changes from now on. */
export const watch = defineUpdate<Standing, [Watcher]>('watch');

/** The viewer's browser reached `redirectUrl`: ask Adobe now instead of at the next poll. */
export const loginFinished = defineSignal('loginFinished');
/** Polling for this code has come to an end: its result waits in the room where the device waited. */
export const waitOver = defineSignal<[{ code: string }]>('waitOver');
/** A sign-in ended elsewhere: look whether this TV's is still there, before a decision fails. */
export const endedElsewhere = defineSignal<[EndedElsewhere]>('endedElsewhere');
/** A process in whose room devices waited died, or stops. */
export interface RoomClosed {
  room: string;
  /** ms since the epoch: nobody was polled for there after that */
  silentSince: number;
}
/** The device has to wait elsewhere. */
export const roomClosed = defineSignal<[RoomClosed]>('roomClosed');
/** Somebody still looks at the code that is about to expire, so a new one is worth a session. */
export const present = defineSignal<[{ generation: number }]>('present');
/** Tokens made under this grant end; the viewer stays signed in (RFC 7009). */
export const revokeGrant = defineSignal<[{ grant: number }]>('revokeGrant');
/** Where the device stands, for anybody; leaves no event. */
export const view = defineQuery<DeviceView>('view');

/** What the workflow `application` hands to a second screen. */
export interface ApplicationAccess {
  serviceProvider: string;
  domainName: string;
  redirectUrl: string;
  accessToken: Sealed<{ value: string; expiresAt: number }>;
  /** ms since the epoch */
  expiresAt: number;
}
/** A second screen asks for the access token of its app. */
export interface AccessRequest extends FromDevice {
  /** The token that Adobe refused, by its expiry: a newer one is wanted. */
  refusedExpiresAt?: number;
  /** Adobe wants the site registered anew: another token of the same registration would not help. */
  isRegistrationLost?: boolean;
}
/** The access token of an app, for its second screens (workflow `application`). */
export const access = defineUpdate<ApplicationAccess, [AccessRequest]>('access');
