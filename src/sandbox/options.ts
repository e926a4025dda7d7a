/** What a sandbox can be told when it starts. All times in milliseconds. */
export interface SandboxOptions {
  /** Address to listen on, default `127.0.0.1`. */
  host?: string;
  /** Port to listen on, default 0: any free one. */
  port?: number;
  /** Life of an authentication code, default 30 minutes. */
  codeLifeMs?: number;
  /** Life of an access token, default 6 hours. */
  accessTokenLifeMs?: number;
  /** Life of a regular profile, default 30 days. */
  profileLifeMs?: number;
  /** Life of a media token, default 7 minutes ("Media tokens"). */
  mediaTokenLifeMs?: number;
  /** Length of a TempPass trial from its first authorization, default 10 minutes. */
  tempPassLifeMs?: number;
  /** Life of a degraded profile from the moment that it is shown, default a minute (samples). */
  degradedLifeMs?: number;
  /** Titles of a promotional TempPass, default 3. */
  tempPassTitles?: number;
  /** TempPass is set up wrongly: `invalid_configuration_temporary_access`. Default false. */
  tempPassIsMisconfigured?: boolean;
  /** How far its clock is ahead of ours; behind it where negative. Default 0. */
  clockAheadMs?: number;
  /** Request limit per `X-Forwarded-For`, default 1 a second with a burst of 10, once. */
  throttle?: boolean | ThrottleRate;
  /**
   * `AP-Device-Identifier` and `X-Device-Info` on resume, retrieve and profiles by code: the API
   * pages do not list them there, the checklist asks for them everywhere. Default `refuse`.
   */
  deviceHeadersEverywhere?: 'refuse' | 'require' | 'tolerate';
  /** Most resources in one decisions call, default 5. */
  maxResources?: number;
}

/** How many requests, and how many more the first time. */
export interface ThrottleRate {
  ratePerSecond: number;
  burst: number;
  /** Whether who rests has the burst again, by one each free second. Default false, as documented. */
  burstRefills?: boolean;
}

/** The options with every default filled in. */
export type Settings = Required<Omit<SandboxOptions, 'throttle'>> & {
  throttle: ThrottleRate | undefined;
};

/** Fills in the defaults, which are Adobe's documented values. */
export function settingsOf(options: SandboxOptions): Settings {
  const { throttle = true, ...rest } = options;
  return {
    host: '127.0.0.1',
    port: 0,
    codeLifeMs: 1_800_000,
    accessTokenLifeMs: 21_600_000,
    profileLifeMs: 30 * 86_400_000,
    mediaTokenLifeMs: 420_000,
    tempPassLifeMs: 600_000,
    degradedLifeMs: 60_000,
    tempPassTitles: 3,
    tempPassIsMisconfigured: false,
    clockAheadMs: 0,
    deviceHeadersEverywhere: 'refuse',
    maxResources: 5,
    ...rest,
    throttle: rateOf(throttle),
  };
}

function rateOf(throttle: boolean | ThrottleRate): ThrottleRate | undefined {
  if (throttle === true) return { ratePerSecond: 1, burst: 10 };
  return throttle === false ? undefined : throttle;
}
