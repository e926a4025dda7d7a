import type { Http } from '../http/index.ts';
import type { Clock } from './clock.ts';
import { systemClock } from './clock.ts';
import type { ImsEvent } from './events.ts';
import { ADOBE_IMS_HOSTS } from './hosts.ts';

/** Settings of the access to IMS; one within a process, so that nothing is asked for twice. */
export interface ImsOptions {
  http: Http;
  /** Hosts that may be sent a secret. Default `*.adobelogin.com`. See {@link imsOrigin}. */
  allowedHosts?: readonly string[];
  /** IMS of Developer Console OAuth, whose JSON names none. Default `ims-na1.adobelogin.com`. */
  imsEndpoint?: string;
  /** Limit of one try, milliseconds. Default 10 000. */
  timeoutMs?: number;
  /** Tries of one renewal, for what may be repeated. Default 3. */
  tries?: number;
  /** Hears what operators want to know. No event holds a secret. */
  onEvent?: (event: ImsEvent) => void;
  clock?: Clock;
  /** 0 up to 1; for jitter. Default `Math.random`. */
  random?: () => number;
}

/** Settings with the defaults filled in. */
export type Settings = Required<ImsOptions>;

/** Fills in the defaults. */
export function settingsOf(options: ImsOptions): Settings {
  return {
    allowedHosts: ADOBE_IMS_HOSTS,
    imsEndpoint: 'ims-na1.adobelogin.com',
    timeoutMs: 10_000,
    tries: 3,
    onEvent: () => {},
    clock: systemClock,
    random: Math.random,
    ...options,
  };
}
