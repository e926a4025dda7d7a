import type { Client, ConnectionOptions } from '@temporalio/client';
import type { AemSettings } from '../aem-settings.ts';
import type { PlayRules } from '../catalogue/index.ts';
import { adobePassUrl } from '../config.ts';
import type { MediaTokenOptions } from '../media-tokens/index.ts';
import { KeyRing, KeyRingError } from '../sealing/index.ts';
import { ServiceTokens } from '../service-tokens/index.ts';
import { UserMetadataKeys } from '../user-metadata/index.ts';
import { checkText } from './device-options.ts';
import { invalidRequest } from './errors.ts';
import type { MvpdFilter } from './second-screens.ts';
import type { WatchLogger } from './watch-log.ts';

/** What `connect` is told. Wrong values throw DevicePassError `invalid_request`. */
export interface ConnectOptions {
  /** The workers' key ring, or its text (`DEVICEPASS_KEYS`). */
  keys: KeyRing | string;
  /**
   * A Temporal client of yours. Default: one from the environment (`TEMPORAL_ADDRESS`, ...).
   * Watching opens a second connection like it: same address, API key and metadata.
   */
  temporal?: Client;
  /**
   * TLS of that second connection. Default: that of the environment, or the system's own
   * certificates where your client uses TLS, for a client does not give its certificates away.
   */
  tls?: NonNullable<ConnectionOptions['tls']>;
  /** The workers' queue. Default `devicepass`. */
  taskQueue?: string;
  /** How long a call waits for an answer, in ms. Default 8,000: the workers' budget and a second. */
  answerWithinMs?: number;
  /** Your page where a login ends; it calls `browserReturned` with its own address. */
  returnUrl?: string;
  /**
   * For second screens only: where to check codes and read the list of providers. A URL, or an
   * environment as in the workers' `ADOBE_PASS_URL`.
   */
  adobePassUrl?: string;
  /** The largest list of providers that is read, in bytes. Default 16 MiB. */
  maxConfigurationBytes?: number;
  /** As the workers' `ADOBE_PASS_DEVICE_HEADERS_EVERYWHERE`. */
  deviceHeadersEverywhere?: boolean;
  /** Which providers a picker shows. Default: all but TempPass. */
  mvpds?: MvpdFilter;
  /** For a catalogue: `readAemSettings(process.env)`. */
  aem?: AemSettings | undefined;
  /** For `userMetadata()` of devices: `readUserMetadataKeys(process.env)`. */
  userMetadata?: UserMetadataKeys | undefined;
  /**
   * By what households are known, and single sign-on by service tokens: `readServiceTokens(process.env)`.
   */
  serviceTokens?: ServiceTokens | undefined;
  /** Your own rules for a title that is about to be played. */
  rules?: PlayRules;
  /** For verifying media tokens: `readMediaTokenSettings(process.env)`, or a verifier of yours. */
  mediaTokens?: MediaTokenOptions | undefined;
  /**
   * Hears of trouble of the worker behind `watch`, warnings and worse, each kind once a minute.
   * Default: one line each on standard error. A Temporal `Runtime` that you installed keeps its own.
   */
  logger?: WatchLogger;
}

/** The same, with defaults. */
export interface CheckedOptions {
  keys: KeyRing;
  taskQueue: string;
  answerWithinMs: number;
  returnUrl?: string;
  adobePassUrl?: string;
}

const MAX_ANSWER_MS = 600_000;

/** @throws DevicePassError `invalid_request` */
export function checkedOptions(options: ConnectOptions): CheckedOptions {
  const { taskQueue = 'devicepass', answerWithinMs = 8_000, returnUrl } = options ?? {};
  checkText('taskQueue', taskQueue, 1_000, "give the workers' queue");
  if (!(answerWithinMs >= 1 && answerWithinMs <= MAX_ANSWER_MS)) {
    throw invalidRequest(`answerWithinMs is ${answerWithinMs}: give 1 to ${MAX_ANSWER_MS} ms`);
  }
  if (returnUrl !== undefined) checkUrl('returnUrl', returnUrl);
  const { userMetadata } = options ?? {};
  if (userMetadata !== undefined && !(userMetadata instanceof UserMetadataKeys)) {
    throw invalidRequest('userMetadata is no keys: give readUserMetadataKeys(process.env)');
  }
  const { serviceTokens } = options ?? {};
  if (serviceTokens !== undefined && !(serviceTokens instanceof ServiceTokens)) {
    throw invalidRequest('serviceTokens is none: give readServiceTokens(process.env)');
  }
  return {
    keys: ringOf(options?.keys),
    taskQueue,
    answerWithinMs,
    ...(returnUrl === undefined ? {} : { returnUrl }),
    ...(options?.adobePassUrl === undefined ? {} : { adobePassUrl: hostOf(options.adobePassUrl) }),
  };
}

function ringOf(keys: unknown): KeyRing {
  if (keys instanceof KeyRing) return keys;
  // Never repeated, for what is no key ring may be half of one.
  if (typeof keys !== 'string') {
    throw invalidRequest('keys is no key ring: give that of the workers (`DEVICEPASS_KEYS`)');
  }
  try {
    return KeyRing.parse(keys);
  } catch (error) {
    if (!(error instanceof KeyRingError)) throw error;
    throw invalidRequest(`keys: ${error.message}`);
  }
}

function checkUrl(name: string, url: unknown): void {
  if (typeof url === 'string' && url.length <= 2_000 && URL.canParse(url)) return;
  const shown = JSON.stringify(url)?.slice(0, 80);
  throw invalidRequest(`${name} is ${shown}: give an absolute URL`);
}

function hostOf(url: unknown): string {
  const parsed = adobePassUrl.safeParse(url);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const shown = JSON.stringify(url)
    ?.slice(0, 80)
    .replace(/\/\/[^/]*@/, '//[secret]@');
  throw invalidRequest(`adobePassUrl is ${shown}: ${issue?.message}`);
}
