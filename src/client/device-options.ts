import {
  deviceFactsSchema,
  type DeviceFacts,
  type Network,
  networkSchema,
  rokuSubscriberIdSchema,
  type ViewerTokens,
  viewerTokensSchema,
  withoutBroken,
} from '../adobe-pass/index.ts';
import { contentOf } from '../service-tokens/index.ts';
import type { ChosenMvpd, Place } from '../workflows/messages.ts';
import { invalidRequest, NAMING_VALUES, toDevicePassError } from './errors.ts';

/** A TV, as the caller vouches for it. */
export interface DeviceOptions {
  /** An app of the worker's configuration. */
  app: string;
  /**
   * Stable over restarts and updates of the app, 1,000 characters at most. It leaves this process as
   * a hash only (HDR-08).
   */
  id: string;
  facts: DeviceFacts;
  /** The TV's own address, as your server sees it; and its source port, which some MVPDs need. */
  ip: string;
  port?: number;
  /**
   * Of its viewer, as this request brings them: tokens of single sign-on and the visitor id. They leave
   * this process sealed, and hold until the device's next request, which brings its own.
   */
  viewerTokens?: ViewerTokens | undefined;
  /**
   * Of the account behind a Roku: Adobe knows the device by it, and every app of that account. Give it
   * from the device's first contact on. It leaves this process sealed; another one signs the device
   * out. Default: Adobe knows the device by a hash of `id`.
   */
  rokuSubscriberId?: string | undefined;
  /**
   * Whose TV it is: id of the viewer, or the household, at your identity service. Then service tokens
   * are made here, a fresh one for each request, and `household()` lists the TVs. It leaves this process
   * sealed, and as a keyed hash. Needs `serviceTokens` of `connect`.
   */
  household?: string | undefined;
}

/** How a request is repeated. */
export interface RequestOptions {
  /**
   * Repeat a request under the same id and it is done once, 1 to 200 characters. Requests of
   * different kinds may share an id. Default: a new one each call.
   */
  requestId?: string;
}

/** What `authenticate` may be told. Wrong values throw DevicePassError `invalid_request`. */
export interface AuthenticateOptions extends RequestOptions {
  mvpd?: ChosenMvpd;
  /**
   * Without `mvpd`: the first of the app's trials (`tempPass` of the file of apps) that is not used up.
   * Who is signed in stays so. Throws `trials_used_up` where none is left: a provider is next, with
   * `mvpd` or none.
   */
  trial?: boolean;
  /**
   * For a promotional TempPass as `mvpd`, or with `trial`: what the viewer is known by, such as an e-mail address, which
   * you have checked. It leaves this process as a hash only, and sealed. Who has a hash already (SHA-256
   * or SHA-512, hex) gives that (`temp-pass-feature`).
   */
  tempPassIdentity?: string;
  /** A new code, although one is waiting. */
  restart?: boolean;
  /** `same` where the provider's page opens on the device itself. */
  screen?: 'second' | 'same';
  /** Where the viewer's browser ends, an absolute URL. Default: your `returnUrl` with a handle. */
  redirectUrl?: string;
  /** Where the TV seems to be, no finer than a town: shown to whoever opens the code. */
  place?: Place | undefined;
  /** Id of the app's software statement, for operators. */
  statement?: string;
}

/** How long to watch, and for whom. */
export interface WatchOptions {
  /**
   * Begins with this request in place of a look: the answer is the first standing. `authenticate` and
   * then `watch` would be two requests.
   */
  authenticate?: Omit<AuthenticateOptions, 'requestId'>;
  /** Ends the watch without an error. */
  signal?: AbortSignal;
  /** Ends by itself once the viewer is signed in. */
  until?: 'signed-in';
  /** Asked when a code is about to end: whether a new one is worth a session. Default: it is. */
  present?: () => boolean;
}

const APP = /^[A-Za-z0-9._-]{1,60}$/;
const MAX_ID = 1_000;
const MAX_REQUEST_ID = 200;

/**
 * The same options, of which Adobe would take the facts and the address.
 *
 * @throws DevicePassError `invalid_request`
 */
export function checkedDevice(options: DeviceOptions): DeviceOptions {
  const { ip, port } = options ?? {};
  checkId(options ?? {});
  checkedNetwork({ ip, port });
  const { household } = options;
  if (household !== undefined) checkHousehold(household);
  return {
    ...options,
    facts: checkedFacts(options.facts),
    viewerTokens: checkedTokens(options.viewerTokens),
    rokuSubscriberId: checkedSubscriberId(options.rokuSubscriberId),
  };
}

const MAX_SUBJECT = 256;

/** Never repeated: it names a viewer. @throws DevicePassError `invalid_request` */
export function checkHousehold(subject: unknown): void {
  const isText = typeof subject === 'string' && subject.trim() !== '';
  if (isText && subject.length <= MAX_SUBJECT) return;
  throw invalidRequest(`household is no id: give 1 to ${MAX_SUBJECT} characters`);
}

/**
 * None where all are missing; a token of a platform that is none counts as missing. Values are never
 * repeated.
 *
 * @throws DevicePassError `invalid_request`
 */
export function checkedTokens(tokens: ViewerTokens | undefined): ViewerTokens | undefined {
  if (tokens === undefined) return undefined;
  const checked = parsed(() => viewerTokensSchema.parse(withoutBroken(tokens)), 'viewerTokens');
  const content = checked.serviceToken === undefined ? undefined : contentOf(checked.serviceToken);
  if (typeof content === 'string') throw invalidRequest(`viewerTokens.serviceToken ${content}`);
  return Object.values(checked).some((token) => token !== undefined) ? checked : undefined;
}

function checkedSubscriberId(id: string | undefined): string | undefined {
  if (id === undefined) return undefined;
  return parsed(() => rokuSubscriberIdSchema.parse(id), 'rokuSubscriberId');
}

/** @throws DevicePassError `invalid_request` */
export function checkId({ app, id }: Partial<Pick<DeviceOptions, 'app' | 'id'>>): void {
  checkApp(app);
  checkText('id', id, MAX_ID, 'give the id that your TV app keeps');
}

/** @throws DevicePassError `invalid_request` */
export function checkedFacts(facts: DeviceFacts): DeviceFacts {
  return parsed(() => deviceFactsSchema.parse(facts, NAMING_VALUES), 'facts');
}

/** @throws DevicePassError `invalid_request` */
export function checkedNetwork(network: { ip: string; port?: number | undefined }): Network {
  return parsed(() => networkSchema.parse(network, NAMING_VALUES), 'network');
}

/** The name of an app, as the file of apps has it. @throws DevicePassError `invalid_request` */
export function checkApp(app: unknown): void {
  if (typeof app === 'string' && APP.test(app)) return;
  throw invalidRequest(
    `app is ${shown(app)}: give the name of an app, 1 to 60 letters, digits, . _ or -`,
  );
}

/** @throws DevicePassError `invalid_request` */
export function checkText(name: string, value: unknown, most: number, advice: string): void {
  if (typeof value !== 'string' || value.trim() === '') {
    throw invalidRequest(`${name} is ${shown(value)}: ${advice}`);
  }
  if (value.length > most) {
    throw invalidRequest(`${name} has ${value.length} characters: give ${most} at most`);
  }
}

/** @throws DevicePassError `invalid_request` */
export function checkRequestId(requestId: unknown): void {
  checkText('requestId', requestId, MAX_REQUEST_ID, 'give a text, or leave it out');
}

function parsed<T>(parse: () => T, subject: string): T {
  try {
    return parse();
  } catch (error) {
    throw toDevicePassError(error, { subject });
  }
}

function shown(value: unknown): string {
  return JSON.stringify(value)?.slice(0, 80) ?? 'missing';
}
