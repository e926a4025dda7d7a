import type { DeviceFacts } from '../adobe-pass/device.ts';
import type { Sealed } from '../sealing/index.ts';
import type { TrialNow } from '../activities/requests/find-profile.ts';
import type { LifecycleSettings } from '../activities/settings.ts';
import type { AccessToken, ClientCredentials } from '../adobe-pass/index.ts';
import type {
  Account,
  ChosenMvpd,
  FromDevice,
  Household,
  Partner,
  Place,
  ProfileMark,
  SignedInProfile,
  SignedOutReason,
  Visit,
  Watcher,
} from './messages.ts';
import {
  forgetMvpd,
  leftBehind,
  type LeftBehind,
  setProfileAside,
  type SignIn,
  signInOf,
} from './left-behind.ts';
import { isDegraded, isMarked, isOfSignIn, isTrial, partnerOf } from '../profile-marks.ts';
import type { UpstreamCall, UpstreamError } from './upstream-call.ts';
import { ACTIVATION } from './visits.ts';

/** Client credentials and the current access token of one app installation, both sealed. */
export interface Registration {
  credentials: Sealed<ClientCredentials>;
  accessToken?: { sealed: Sealed<AccessToken>; expiresAt: number };
}

export interface AwaitingLogin {
  name: 'awaiting-login';
  code: string;
  url?: string;
  /** ms since the epoch: when the wait began and when Adobe ends the code */
  startedAt: number;
  notAfter: number;
  missingParameters: string[];
  /** That `code` and `url` are this device's own. */
  proof: Sealed<null>;
  mvpd?: ChosenMvpd;
  screen: 'second' | 'same';
  redirectUrl?: string;
  /** The viewer was signed in with this profile when a new sign-in was asked for. */
  insteadOf?: LeftBehind;
  /** Browsers that opened the code, first ones first. */
  visits?: Visit[];
  /** Where the device waits: the room of a process that polls for it. */
  room?: string;
  /** Why there is a code in place of a partner's sign-in. */
  fallback?: string;
}

export type Phase =
  | { name: 'signed-out'; reason: SignedOutReason; partner?: Partner }
  | AwaitingLogin
  | { name: 'signed-in'; profile: SignedInProfile; trial?: Trial };

/** What is known of a TempPass in use. */
export interface Trial {
  /** Of its viewer, where it is promotional. */
  identity?: Sealed<string>;
  /** Something was played: the clock runs. */
  hasBegun?: true;
}

/** A watcher, and the generation that it was told of in the answer to its request. */
export interface KnownWatcher extends Watcher {
  knows?: number;
}

/** All that a device's workflow knows, as it is carried over by continue-as-new. */
export interface DeviceState {
  v: 1;
  app: string;
  deviceId: string;
  /** Grows with each change of phase or code: who waited across an await sees by it what happened. */
  generation: number;
  phase: Phase;
  settings?: LifecycleSettings;
  facts?: DeviceFacts;
  network?: FromDevice['network'];
  /** Of its latest request. */
  viewerTokens?: FromDevice['viewerTokens'];
  /** Of a Roku: Adobe knows the device by it. */
  account?: Account;
  /** Whose TV it is; until somebody signs in on it who is of none. */
  household?: Omit<Household, 'formerIds'>;
  /** As that household calls it. */
  name?: Sealed<string>;
  /** ms since the epoch: of its latest request */
  lastSeenAt?: number;
  /** Where the TV seemed to be when it asked for a code. */
  place?: Sealed<Place>;
  /** Software statement of the app that asked last. */
  statement?: string;
  registration?: Registration;
  /** Survives logout and expiry, so that the viewer only has to confirm it (ATN-09). */
  rememberedMvpd?: ChosenMvpd;
  /**
   * A profile that was refused, or that the viewer signed out of, should it live on at Adobe: it
   * signs nobody in. A new login with its provider ends that.
   */
  setAside?: ProfileMark;
  /** A code was declined or shared: at Adobe it lives on, and whoever has its page can finish. */
  refusedLogin?: true;
  /** Sessions opened without anybody asking, since the last `authenticate`. */
  automaticSessions: number;
  watchers: KnownWatcher[];
  /** Grows when an app's tokens are revoked and when a sign-in ends. */
  grant?: number;
  /** Of the last profile that came of one. */
  lastSignIn?: SignIn;
  /** Somebody signed in, in this life. */
  hasSignedIn?: true;
  /** Number of the last change told to watchers. */
  sequence: number;
  lastError?: UpstreamError;
  calls: UpstreamCall[];
  /** The last answers by update id: Temporal's own de-duplication ends with a run. */
  answers: { id: string; answer: unknown }[];
}

const KEPT = 20;
/** Of all answers as JSON: what a run hands on has to fit into one message of Temporal. */
const KEPT_ANSWERS_CHARACTERS = 64 * 1024;
const MAX_WATCHERS = 20;

/** A device that nobody has heard of yet. */
export function newDevice(app: string, deviceId: string): DeviceState {
  return {
    v: 1,
    app,
    deviceId,
    generation: 0,
    phase: { name: 'signed-out', reason: 'new' },
    automaticSessions: 0,
    watchers: [],
    sequence: 0,
    calls: [],
    answers: [],
  };
}

/**
 * The life of a device begins, perhaps not its first. Counted from the moment of birth, no generation
 * and no grant of an earlier life comes again: tokens of then stay ended, and who watches goes on.
 *
 * @param now - ms since the epoch
 */
export function beginLife(state: DeviceState, now: number): DeviceState {
  return { ...state, generation: now, grant: now };
}

/** A new phase. Tokens are for one viewer: what comes after a sign-in has a grant of its own. */
function enter(state: DeviceState, phase: Phase): DeviceState {
  const next = { ...state, phase, generation: state.generation + 1 };
  return state.phase.name === 'signed-in' ? { ...next, grant: (state.grant ?? 0) + 1 } : next;
}

/** A session is open at Adobe and its code can be shown. */
export function awaitLogin(
  state: DeviceState,
  session: Omit<AwaitingLogin, 'name' | 'insteadOf'>,
): DeviceState {
  const next = enter(state, { name: 'awaiting-login', ...session, ...leftBehind(state) });
  return session.mvpd ? { ...next, rememberedMvpd: session.mvpd } : next;
}

/** The device waits in another process. */
export function moveTo(state: DeviceState, room: string): DeviceState {
  const { phase } = state;
  return phase.name === 'awaiting-login' ? { ...state, phase: { ...phase, room } } : state;
}

/** A second screen named the provider: same session, same code. */
export function chooseMvpd(
  state: DeviceState,
  chosen: Pick<AwaitingLogin, 'url' | 'missingParameters'> & {
    mvpd: ChosenMvpd;
    proof?: Sealed<null>;
  },
): DeviceState {
  if (state.phase.name !== 'awaiting-login') return state;
  const { url: _old, ...phase } = state.phase;
  return { ...state, rememberedMvpd: chosen.mvpd, phase: { ...phase, ...chosen } };
}

/**
 * A profile was found. Its provider is remembered with whatever a picker told of it before, unless
 * it is a trial. One that is degraded says nothing of who the viewer is: it is no sign-in to come back
 * to, what was set aside stays so, and its provider is remembered only where there is no other.
 */
export function signIn(
  state: DeviceState,
  profile: Omit<SignedInProfile, 'mvpd'> & { mvpd: string },
  identity?: Sealed<string>,
): DeviceState {
  const known = [
    state.phase.name === 'awaiting-login' ? state.phase.mvpd : undefined,
    state.rememberedMvpd,
  ];
  const mvpd = known.find((candidate) => candidate?.id === profile.mvpd) ?? { id: profile.mvpd };
  const { setAside, refusedLogin, ...next } = enter(state, {
    name: 'signed-in',
    profile: { ...profile, mvpd },
    ...(isTrial(profile) ? trialGoesOn(state, mvpd.id, identity) : {}),
  });
  const degraded = isDegraded(profile);
  const left = {
    ...next,
    ...(setAside && (degraded || setAside.mvpd !== mvpd.id) ? { setAside } : {}),
    ...(degraded && refusedLogin ? { refusedLogin } : {}),
    hasSignedIn: true as const,
    automaticSessions: 0,
  };
  const signedIn = forgetError(left, ACTIVATION);
  if (degraded) return { ...signedIn, rememberedMvpd: state.rememberedMvpd ?? mvpd };
  if (isOfSignIn(profile)) {
    const lastSignIn = signInOf(signedIn, { ...profile, mvpd });
    return { ...signedIn, lastSignIn, rememberedMvpd: mvpd };
  }
  return state.rememberedMvpd?.id === mvpd.id ? forgetMvpd(signedIn) : signedIn;
}

/** The rule still lets the viewer in: nothing else has changed. */
export function stayDegraded(
  state: DeviceState,
  found: Omit<SignedInProfile, 'mvpd'> & { mvpd: string },
): DeviceState {
  const { phase } = state;
  if (phase.name !== 'signed-in') return state;
  return { ...state, phase: { ...phase, profile: { ...found, mvpd: phase.profile.mvpd } } };
}

/** A trial that is accepted anew has begun all the same. */
function trialGoesOn(
  { phase }: DeviceState,
  mvpd: string,
  identity: Sealed<string> | undefined,
): { trial?: Trial } {
  const before = phase.name === 'signed-in' && phase.profile.mvpd.id === mvpd ? phase.trial : {};
  const trial = { ...before, ...(identity ? { identity } : {}) };
  return Object.keys(trial).length > 0 ? { trial } : {};
}

/** Something was played in a trial: what Adobe says of it now, where it said anything. */
export function playInTrial(state: DeviceState, { profile, noTitlesLeft }: TrialNow): DeviceState {
  const { phase } = state;
  if (phase.name !== 'signed-in') return state;
  const known = { ...phase.profile, ...profile, mvpd: phase.profile.mvpd };
  return {
    ...state,
    phase: {
      ...phase,
      profile: noTitlesLeft ? { ...known, titlesLeft: 0 } : known,
      trial: { ...phase.trial, hasBegun: true },
    },
  };
}

/**
 * The profile of this sign-in was read again: its metadata, and the end that is sealed with it. Any
 * other profile is none of ours: who signs in does so by a login.
 */
export function renewMetadata(
  state: DeviceState,
  found: Omit<SignedInProfile, 'mvpd'> & { mvpd: string },
): DeviceState {
  const { phase } = state;
  if (phase.name !== 'signed-in') return state;
  const { mvpd, type, notBefore } = phase.profile;
  const before = { mvpd: mvpd.id, ...(notBefore === undefined ? {} : { notBefore }) };
  if (!isMarked(found, before) || found.type !== type) return state;
  const { notAfter, attributes } = found;
  return { ...state, phase: { ...phase, profile: { ...phase.profile, notAfter, attributes } } };
}

/**
 * Nobody is signed in any more. The registration and the remembered provider stay; who tried a second
 * provider in vain is remembered with the first, whose profile the next `authenticate` finds. A
 * profile that a decision refused, or that the viewer left, signs nobody in any more.
 *
 * @param profileIsGone - Adobe says so: there is nothing to be set aside
 */
export function signOut(
  state: DeviceState,
  reason: SignedOutReason,
  { profileIsGone = false } = {},
): DeviceState {
  const { insteadOf } = leftBehind(state);
  const from = endsProfile(state, reason) && !profileIsGone ? setProfileAside(state) : state;
  const partner = mayBeRenewedBy(state.phase, reason);
  const isRefused = state.phase.name === 'awaiting-login' && REFUSES_LOGIN.includes(reason);
  const next = enter(
    {
      ...from,
      answers: withoutViewer(from.answers),
      ...(isRefused ? { refusedLogin: true as const } : {}),
    },
    { name: 'signed-out', reason, ...(partner ? { partner } : {}) },
  );
  return insteadOf ? { ...next, rememberedMvpd: insteadOf.mvpd } : next;
}

/** With the rule a degraded profile is gone: nothing of it is left to come back. */
function endsProfile({ phase }: DeviceState, reason: SignedOutReason): boolean {
  const isGone = phase.name === 'signed-in' && isDegraded(phase.profile);
  return ENDS_PROFILE.includes(reason) && !(isGone && reason === 'sign-in-required');
}

/** The partner by whose framework the sign-in may begin anew, without a word to the viewer. */
function mayBeRenewedBy(phase: Phase, reason: SignedOutReason): Partner | undefined {
  if (phase.name !== 'signed-in' || !OVER_UNASKED.includes(reason)) return undefined;
  return partnerOf(phase.profile);
}

/** Nobody wanted these. */
const OVER_UNASKED: readonly SignedOutReason[] = [
  'profile-expired',
  'sign-in-required',
  'registration-lost',
];

/** Whatever Adobe shows after these. */
const ENDS_PROFILE: readonly SignedOutReason[] = [
  'sign-in-required',
  'logout',
  'declined',
  'household',
];
/** Whoever finishes it all the same is no viewer of this device. */
const REFUSES_LOGIN: readonly SignedOutReason[] = ['declined', 'code-shared'];

/** Answers that tell of a viewer go with the viewer: whoever repeats such a request is answered anew (S2S-34). */
function withoutViewer(answers: DeviceState['answers']): DeviceState['answers'] {
  return answers.filter(
    ({ answer }) => typeof answer !== 'object' || answer === null || !('profile' in answer),
  );
}

/** Adobe no longer knows the credentials, nor any profile. What was shown to the viewer stays for now. */
export function dropRegistration(state: DeviceState): DeviceState {
  const { registration: _lost, setAside: _gone, ...rest } = state;
  return rest;
}

/** The same while somebody asks: profiles and codes made with the credentials are gone (DCR-04). */
export function loseRegistration(state: DeviceState): DeviceState {
  const rest = dropRegistration(state);
  return rest.phase.name === 'signed-out' ? rest : signOut(rest, 'registration-lost');
}

/**
 * What the device's latest request brought along, and nothing of an earlier one but its household:
 * who brings none is not signed out by it, and the others should find the TV still.
 *
 * @param now - ms since the epoch
 */
export function hear(
  state: DeviceState,
  { facts, network, viewerTokens, household }: FromDevice,
  now: number,
): DeviceState {
  const { viewerTokens: _earlier, ...before } = state;
  const ids: unknown[] = household ? [household.id, ...(household.formerIds ?? [])] : [];
  const isAnother = household && !ids.includes(state.household?.id);
  const rest = isAnother ? leaveHousehold(before) : before;
  return {
    ...rest,
    facts,
    network,
    lastSeenAt: now,
    ...(viewerTokens ? { viewerTokens } : {}),
    ...(household ? { household: { id: household.id, proof: household.proof } } : {}),
  };
}

/** The TV is none of the household's any more, and has no name of theirs. */
export function leaveHousehold(state: DeviceState): DeviceState {
  const { household: _left, name: _theirs, ...rest } = state;
  return rest;
}

/** What its household calls the TV, if anything. */
export function nameTv(state: DeviceState, name: Sealed<string> | undefined): DeviceState {
  const { name: _before, ...rest } = state;
  return name ? { ...rest, name } : rest;
}

/** Who asks for a code, and from where. */
export function hearOfApp(
  state: DeviceState,
  { place, statement }: Pick<DeviceState, 'place' | 'statement'>,
): DeviceState {
  const { place: _left, ...rest } = state;
  return { ...rest, ...(place ? { place } : {}), ...(statement ? { statement } : {}) };
}

export function recordCalls(state: DeviceState, calls: readonly UpstreamCall[]): DeviceState {
  return calls.length === 0 ? state : { ...state, calls: [...state.calls, ...calls].slice(-KEPT) };
}

/** What an operator is to see first. */
export function recordError(state: DeviceState, lastError: UpstreamError): DeviceState {
  return { ...state, lastError };
}

/** The operation works by now: whoever searches for errors looks for those that last. */
export function forgetError(state: DeviceState, operation: string): DeviceState {
  if (state.lastError?.operation !== operation) return state;
  const { lastError: _mended, ...rest } = state;
  return rest;
}

/** Keeps an answer. The oldest leave when there are too many, or when they grow too large together. */
export function recordAnswer(state: DeviceState, id: string, answer: unknown): DeviceState {
  const answers = [...state.answers, { id, answer }].slice(-KEPT);
  while (JSON.stringify(answers).length > KEPT_ANSWERS_CHARACTERS) answers.shift();
  return { ...state, answers };
}

/** Adds a watcher, or moves a known one to another queue. The oldest leaves when there are too many. */
export function addWatcher(state: DeviceState, watcher: KnownWatcher): DeviceState {
  const others = state.watchers.filter((known) => known.id !== watcher.id);
  return { ...state, watchers: [...others, watcher].slice(-MAX_WATCHERS) };
}

export function removeWatcher(state: DeviceState, id: string): DeviceState {
  return { ...state, watchers: state.watchers.filter((watcher) => watcher.id !== id) };
}

/**
 * Ends the tokens of one grant, unless a newer one holds already. Who watches is told: gateways
 * answer from memory.
 */
export function revokeGrant(state: DeviceState, grant: number): DeviceState {
  if (grant !== (state.grant ?? 0)) return state;
  const { generation, phase } = state;
  // A wait belongs to its generation: tokens that a code will lead to end without disturbing it.
  const next = phase.name === 'signed-in' ? generation + 1 : generation;
  return { ...state, grant: grant + 1, generation: next };
}
