import { cancellationSignal } from '@temporalio/activity';
import {
  type AccessToken,
  type Call,
  type CallRecord,
  type DeviceFacts,
  type Network,
  stillGood,
  type StreamingDevice,
  type ViewerTokens,
  withoutSingleSignOn,
} from '../adobe-pass/index.ts';
import { isSendable } from '../service-tokens/index.ts';
import {
  type Binding,
  type KeyRing,
  ofDevice,
  ofTrialOf,
  open,
  seal,
  type Sealed,
} from '../sealing/index.ts';
import type { Partner } from '../workflows/messages.ts';
import type { Upstream, UpstreamCall } from '../workflows/upstream-call.ts';
import type { Dependencies } from './dependencies.ts';
import { failure, notSent, OutOfTime } from './failures.ts';
import { mustBeItsOwn } from './own-workflow.ts';

/** What every interactive activity is told of the device and of its caller's patience. */
export interface Asker {
  app: string;
  deviceId: string;
  facts: DeviceFacts;
  network: Sealed<Network>;
  /** Of its viewer, as the latest request had them. */
  viewerTokens?: Sealed<ViewerTokens>;
  /** Of the account behind a Roku: Adobe knows the device by it. */
  subscriberId?: Sealed<string>;
  /** Only what this very device did counts: its viewer's single sign-on stays out of it. */
  onItsOwn?: true;
  /**
   * ms since the epoch. Each call clamps its HTTP time-out to what is left and gives up when nothing
   * is, for a time-out of Temporal would lose what the calls before have brought.
   */
  deadline: number;
  /** Which try of the call it is, from 1 on, which is the default. */
  attempt?: number;
  /** Who tries a promotional TempPass, for calls about that and no others. */
  trial?: TrialOf;
  /** Whose framework's status a decision needs: that of the viewer's sign-in. */
  partner?: Partner;
  /** What the request that the call belongs to has opened already. */
  opened?: Opened;
}

/** A promotional TempPass, and the hash that Adobe knows its viewer by. */
export interface TrialOf {
  mvpd: string;
  identity: Sealed<string>;
}

/** Opened values by purpose and text, in the memory of one request. */
export type Opened = Map<string, Promise<unknown>>;

/** Opens a value once in a request. */
export async function openOnce<T>(
  keys: KeyRing,
  { opened }: Pick<Asker, 'opened'>,
  sealed: Sealed<T>,
  binding: Binding,
): Promise<T> {
  const key = `${binding.purpose}:${sealed}`;
  const known = opened?.get(key) as Promise<T> | undefined;
  if (known) return known;
  const value = open(keys, sealed, binding);
  opened?.set(key, value);
  return value;
}

/** An asker that has an access token. */
export interface AuthorizedAsker extends Asker {
  accessToken: Sealed<AccessToken>;
}

/** Seals a value that the request need not open any more. */
export async function sealKnown<T>(
  keys: KeyRing,
  { opened }: Pick<Asker, 'opened'>,
  value: T,
  binding: Binding,
): Promise<Sealed<T>> {
  const sealed = await seal(keys, value, binding);
  opened?.set(`${binding.purpose}:${sealed}`, Promise.resolve(value));
  return sealed;
}

/** What operators are to read in the row of the latest call. */
export type CallNote = Pick<UpstreamCall, 'about' | 'code' | 'trace' | 'note'>;

/**
 * Runs one remote call for an asker: records what was sent, keeps to the deadline, and turns an
 * error into a failure that operators can read. Who calls tries it again, unless it does so itself.
 */
export async function ask<T>(
  { app, deviceId, deadline, attempt = 1 }: Asker,
  send: (call: Call, note: (about: CallNote) => void) => Promise<T>,
  { triesItself = false } = {},
): Promise<Upstream<T>> {
  mustBeItsOwn({ app, deviceId });
  const calls: UpstreamCall[] = [];
  const left = deadline - Date.now();
  if (left <= 0) throw notSent(attempt);
  try {
    const call = {
      timeoutMs: left,
      onCall: (record: CallRecord) => calls.push({ ...record }),
      signal: cancellationSignal(),
    };
    const value = await send(call, (about) => Object.assign(calls.at(-1) ?? {}, about));
    return { value, calls };
  } catch (error) {
    throw failure(error, calls, triesItself || attempt >= MAX_ATTEMPTS ? 0 : deadline, app);
  }
}

/** The same call with what is left of the asker's time by now, for those that come later in an activity. */
export function inTime(call: Call, deadline: number): Call {
  const left = deadline - Date.now();
  if (left <= 0) throw new OutOfTime();
  return { ...call, timeoutMs: left };
}

/** A token is renewed before it expires, by this much (DCR-03). */
export const RENEW_BEFORE_EXPIRY_MS = 60_000;

/** The three tries that the documents allow (EEC-04); said here too, so that failures tell the truth. */
export const MAX_ATTEMPTS = 3;

/** The streaming device as Adobe wants to see it: never the server (HDR-03, HDR-05). */
export async function streamingDevice(
  { keys }: Pick<Dependencies, 'keys'>,
  asker: Omit<Asker, 'deadline' | 'attempt' | 'trial'>,
): Promise<StreamingDevice> {
  const { deviceId, facts, network, subscriberId, onItsOwn } = asker;
  const [{ ip, port }, given, identifier = deviceId] = await Promise.all([
    openOnce(keys, asker, network, ofDevice('network', asker)),
    openTokens(keys, asker),
    subscriberId && openOnce(keys, asker, subscriberId, ofDevice('roku-subscriber', asker)),
  ]);
  const partner = asker.partner && given?.partnerFrameworkStatus;
  const own = given && (onItsOwn ? withoutSingleSignOn(given) : sendable(given));
  const viewerTokens = own && partner ? { ...own, partnerFrameworkStatus: partner } : own;
  const { userAgent } = facts;
  return {
    identifier,
    facts,
    ip,
    ...(port === undefined ? {} : { port }),
    ...(userAgent === undefined ? {} : { userAgent }),
    ...(viewerTokens ? { viewerTokens } : {}),
  };
}

/** What the latest request told of the viewer, good or not. */
export async function openTokens(
  keys: KeyRing,
  asker: Pick<Asker, 'app' | 'deviceId' | 'viewerTokens' | 'opened'>,
): Promise<ViewerTokens | undefined> {
  const { viewerTokens: sealed } = asker;
  return sealed && openOnce(keys, asker, sealed, ofDevice('viewer-tokens', asker));
}

/**
 * What has ended is never sent, nor a service token that Adobe would not take: the device is served
 * without single sign-on (`rest-api-v2-single-sign-on-service-token-flows`).
 */
function sendable(tokens: ViewerTokens): ViewerTokens {
  const { serviceToken, ...others } = stillGood(tokens);
  const isGood = serviceToken !== undefined && isSendable(serviceToken, Date.now());
  return { ...others, ...(isGood ? { serviceToken } : {}) };
}

/** The access token, unsealed. */
export async function openToken(
  { keys }: Pick<Dependencies, 'keys'>,
  asker: Pick<AuthorizedAsker, 'app' | 'deviceId' | 'accessToken' | 'opened'>,
): Promise<AccessToken> {
  return openOnce(keys, asker, asker.accessToken, ofDevice('access-token', asker));
}

/** The four things that nearly every V2 call needs, unsealed. `mvpd`: the provider that it is about. */
export async function authorized(
  dependencies: Dependencies,
  given: AuthorizedAsker,
  mvpd?: string,
): Promise<{ accessToken: string; serviceProvider: string; device: StreamingDevice }> {
  const {
    serviceProvider,
    tempPassIdentityKey: key = 'email',
    noSingleSignOn = [],
  } = dependencies.app(given.app);
  const isAlone = mvpd !== undefined && noSingleSignOn.includes(mvpd);
  const asker: AuthorizedAsker = isAlone ? { ...given, onItsOwn: true } : given;
  const { trial } = asker;
  const ofTrial = trial && trial.mvpd === mvpd ? trial : undefined;
  const [token, device, hash] = await Promise.all([
    openToken(dependencies, asker),
    streamingDevice(dependencies, asker),
    ofTrial && openOnce(dependencies.keys, asker, ofTrial.identity, ofTrialOf(asker, ofTrial.mvpd)),
  ]);
  const identity = hash === undefined ? {} : { tempPassIdentity: { key, hash } };
  return { accessToken: token.value, serviceProvider, device: { ...device, ...identity } };
}
