import { z } from 'zod';
import { adobePassOrigins } from './adobe-pass-hosts.ts';
import { type AemSettings, readAemSettings } from './aem-settings.ts';
import {
  ConfigError,
  flag,
  list,
  ms,
  oneOf,
  readJson,
  readText,
  readVariables,
  whole,
} from './variables.ts';
import {
  type ManagementSettings,
  managementSettingsOf,
  managementVariables,
} from './management-settings.ts';
import { sizeVariables, type WorkerSize, workerSizeOf } from './worker-size.ts';
import { checkStatement } from './software-statement.ts';

export { ConfigError } from './variables.ts';

/** Adobe's environments: build (Prequal or Release) x MVPD side (Staging or Production). */
export const ADOBE_PASS_ENVIRONMENTS = {
  'prequal-staging': 'https://sp-prequal.auth-staging.adobe.com',
  'prequal-production': 'https://sp-prequal.auth.adobe.com',
  'release-staging': 'https://api.auth-staging.adobe.com',
  'release-production': 'https://api.auth.adobe.com',
} as const;

function environmentUrl(name: string): string | undefined {
  return Object.entries(ADOBE_PASS_ENVIRONMENTS).find(([known]) => known === name)?.[1];
}

/** `NorthCable=10,SkyDish=3`: what was agreed with each MVPD. */
const limits = list().transform((items, context) =>
  Object.fromEntries(
    items.map((item): [string, number] => {
      const [, mvpd = '', limit = ''] = /^([^=\s]+)=(\d+)$/.exec(item) ?? [];
      const most = Number(limit);
      if (!mvpd || most < 1 || most > 100) {
        context.addIssue({ code: 'custom', message: 'use MVPD=limit, with limits from 1 to 100' });
      }
      return [mvpd, most];
    }),
  ),
);

/** An address of Adobe Pass, or the name of one of its environments. */
export const adobePassUrl = z
  .string()
  .transform((value): string => environmentUrl(value) ?? value)
  .pipe(
    z.url({
      protocol: /^https?$/,
      error: `use a URL or one of ${Object.keys(ADOBE_PASS_ENVIRONMENTS).join(', ')}`,
    }),
  )
  .refine(
    (url) => !URL.canParse(url) || new URL(url).username === '',
    'use a URL without user and password',
  )
  .transform((url) => url.replace(/\/+$/, ''));

const MIB = 1024 * 1024;

/** Origins as `https://pass.example`, between commas. */
const origins = list().transform((entries, context) => {
  for (const entry of entries) {
    const isOrigin =
      URL.canParse(entry) && /^https?:/.test(entry) && new URL(entry).origin === entry;
    if (isOrigin) continue;
    const message = `use origins as https://pass.example, not ${entry}`;
    context.addIssue({ code: 'custom', message });
  }
  return entries;
});

/** Every setting, by its environment variable. Times in milliseconds. `.env.example` explains them. */
const DAY_MS = 24 * 3_600_000;

const environment = z.object({
  ADOBE_PASS_URL: adobePassUrl,
  ADOBE_PASS_BROWSER_ORIGINS: origins,
  ADOBE_PASS_DEVICE_HEADERS_EVERYWHERE: flag,
  ADOBE_PASS_BURST_REFILLS: flag,
  ADOBE_PASS_MAX_CONFIGURATION_BYTES: whole(16 * MIB, MIB, 256 * MIB, ' of bytes'),
  ...managementVariables,
  // Above these Temporal's own limits of a local activity would come first (activity-options.ts).
  ADOBE_PASS_REQUEST_TIMEOUT_MS: ms(2_500, 100, 2_900),
  DEVICEPASS_APPS: z.string().min(1).default('apps.json'),
  DEVICEPASS_KEYS: z.string().default(''),
  DEVICEPASS_INSECURE_DEV: flag,
  DEVICEPASS_TASK_QUEUE: z.string().min(1).default('devicepass'),
  DEVICEPASS_POLL_INTERVAL_MS: ms(15_000, 3_000, 600_000),
  DEVICEPASS_SAME_SCREEN_FALLBACK_MS: ms(120_000, 3_000),
  DEVICEPASS_AUTOMATIC_SESSIONS: oneOf(['present', 'always', 'never']).default('present'),
  // Codes on end for less than a week, as long as the handles in their return addresses live.
  DEVICEPASS_AUTOMATIC_SESSIONS_LIMIT: whole(8, 0, 300),
  DEVICEPASS_PRESENCE_WINDOW_MS: ms(120_000, 1_000),
  DEVICEPASS_TIME_BUDGET_MS: ms(7_000, 1_000, 7_000),
  DEVICEPASS_PREAUTHORIZE_CHUNK: whole(5, 1, 100),
  DEVICEPASS_PREAUTHORIZE_LIMITS: limits,
  DEVICEPASS_CONTINUE_AS_NEW_AFTER_EVENTS: whole(2_000, 50, 40_000),
  DEVICEPASS_STACK_FRAMES: whole(3, 1, 100),
  ...sizeVariables,
  DEVICEPASS_NEVER_SIGNED_IN_LIFE_MS: ms(DAY_MS, 60_000, 400 * DAY_MS),
  DEVICEPASS_SIGNED_OUT_LIFE_DAYS: whole(400, 1, 3_650),
  DEVICEPASS_MVPDS_SHOW: list(),
  DEVICEPASS_MVPDS_HIDE: list(),
  DEVICEPASS_USER_METADATA: z.string().optional(),
  DEVICEPASS_METADATA_AFTER_AUTHORIZE: list(),
  DEVICEPASS_LOG_LEVEL: oneOf([
    'fatal',
    'error',
    'warn',
    'info',
    'debug',
    'trace',
    'silent',
  ]).default('info'),
});

/** The variables that workers read, besides those of AEM. */
export const WORKER_VARIABLES = Object.keys(environment.shape);

const text = z.string('give a text').min(1, 'give a text that is not empty');

const appFields = {
  /** From the TVE Dashboard, with scope `api:client:v2`; or `softwareStatementFile`. Secret. */
  softwareStatement: text.optional(),
  softwareStatementFile: text.optional(),
  serviceProvider: text,
  domainName: text,
  redirectUrl: z.url('give an absolute URL'),
  /** Field of `AP-TempPass-Identity`, as agreed with Adobe for a promotional TempPass. */
  tempPassIdentityKey: text.optional(),
  /** MVPDs whose configuration says `authPerAggregator`: each app needs a login of its own there. */
  noSingleSignOn: z.array(text, 'give a list of MVPDs').optional(),
  /** MVPD ids of its trials, in the order in which viewers get them (`temp-pass-feature`). */
  tempPass: z
    .array(text, 'give a list of MVPD ids')
    .min(1, 'give an MVPD id, or leave it out')
    .max(10, 'give 10 MVPD ids at most')
    .refine((ids) => new Set(ids).size === ids.length, 'name each MVPD once')
    .optional(),
};

/** One TV application of one service provider. */
const appSchema = z.strictObject(appFields, {
  error: ({ code, keys }) =>
    code === 'unrecognized_keys'
      ? `there is no ${String(keys)}: use ${Object.keys(appFields).join(', ')}`
      : 'give an object with the fields of an app',
});
const appsSchema = z
  .record(z.string().regex(/^[A-Za-z0-9._-]{1,60}$/), appSchema, {
    error: ({ code }) =>
      code === 'invalid_key'
        ? 'use 1 to 60 letters, digits, . _ or - for the name of an app'
        : 'give an object of apps by name',
  })
  .refine((apps) => Object.keys(apps).length > 0, 'add an app, by name');

/** One TV application, as its file has it; the software statement is read and secret. */
export interface App {
  softwareStatement: string;
  serviceProvider: string;
  domainName: string;
  redirectUrl: string;
  /** Default `email`. */
  tempPassIdentityKey?: string | undefined;
  /** MVPDs for which nothing of single sign-on is sent. */
  noSingleSignOn?: readonly string[] | undefined;
  /** MVPD ids of its trials, first ones first; absent: none by `authenticate({ trial: true })`. */
  tempPass?: readonly string[] | undefined;
}

/** The settings of a worker and a gateway, checked. All times in milliseconds. */
export interface Config extends WorkerSize {
  adobePass: {
    url: string;
    /** Where viewers' browsers may be sent to. */
    origins: readonly string[];
    deviceHeadersEverywhere: boolean;
    maxConfigurationBytes: number;
    requestTimeoutMs: number;
    /** What Adobe allows an address (`throttling-mechanism`). */
    throttle: { ratePerSecond: number; burst: number; burstRefills: boolean };
  };
  appsFile: string;
  keys: string;
  insecureDev: boolean;
  taskQueue: string;
  pollIntervalMs: number;
  sameScreenFallbackMs: number;
  automaticSessions: { rule: 'present' | 'always' | 'never'; limit: number };
  presenceWindowMs: number;
  timeBudgetMs: number;
  preauthorizeChunk: number;
  /** Resources in one preauthorize call by MVPD, where something else was agreed. */
  preauthorizeLimits: Readonly<Record<string, number>>;
  continueAsNewAfterEvents: number;
  /** Of workflow code: ten or more show where a workflow waits, for a third of its costs. */
  stackFrames: number;
  /** How long a device that is signed out is remembered that nobody hears of. */
  lives: { neverSignedInMs: number; signedOutMs: number };
  mvpds: { show: string[]; hide: string[] };
  /** MVPDs that complete user metadata during authorization. */
  metadataAfterAuthorize: readonly string[];
  /** File of the certificates for encrypted user metadata, if there are any. */
  userMetadataFile?: string;
  logLevel: string;
  /** Absent: no catalogue, no audits. */
  aem?: AemSettings;
  /** Absent: no resets of TempPass. */
  management?: ManagementSettings;
}

/**
 * Reads the settings of a worker from its environment.
 *
 * @throws ConfigError with one line for the first variable that is wrong
 */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const values = readVariables(environment, env, HINTS);
  const aem = readAemSettings(env);
  return {
    adobePass: {
      url: values.ADOBE_PASS_URL,
      origins: adobePassOrigins(values.ADOBE_PASS_URL, values.ADOBE_PASS_BROWSER_ORIGINS),
      deviceHeadersEverywhere: values.ADOBE_PASS_DEVICE_HEADERS_EVERYWHERE,
      maxConfigurationBytes: values.ADOBE_PASS_MAX_CONFIGURATION_BYTES,
      requestTimeoutMs: values.ADOBE_PASS_REQUEST_TIMEOUT_MS,
      throttle: { ratePerSecond: 1, burst: 10, burstRefills: values.ADOBE_PASS_BURST_REFILLS },
    },
    appsFile: values.DEVICEPASS_APPS,
    keys: values.DEVICEPASS_KEYS,
    insecureDev: values.DEVICEPASS_INSECURE_DEV,
    taskQueue: values.DEVICEPASS_TASK_QUEUE,
    pollIntervalMs: values.DEVICEPASS_POLL_INTERVAL_MS,
    sameScreenFallbackMs: values.DEVICEPASS_SAME_SCREEN_FALLBACK_MS,
    automaticSessions: {
      rule: values.DEVICEPASS_AUTOMATIC_SESSIONS,
      limit: values.DEVICEPASS_AUTOMATIC_SESSIONS_LIMIT,
    },
    presenceWindowMs: values.DEVICEPASS_PRESENCE_WINDOW_MS,
    timeBudgetMs: values.DEVICEPASS_TIME_BUDGET_MS,
    preauthorizeChunk: values.DEVICEPASS_PREAUTHORIZE_CHUNK,
    preauthorizeLimits: values.DEVICEPASS_PREAUTHORIZE_LIMITS,
    continueAsNewAfterEvents: values.DEVICEPASS_CONTINUE_AS_NEW_AFTER_EVENTS,
    stackFrames: values.DEVICEPASS_STACK_FRAMES,
    ...workerSizeOf(values),
    lives: {
      neverSignedInMs: values.DEVICEPASS_NEVER_SIGNED_IN_LIFE_MS,
      signedOutMs: values.DEVICEPASS_SIGNED_OUT_LIFE_DAYS * DAY_MS,
    },
    mvpds: { show: values.DEVICEPASS_MVPDS_SHOW, hide: values.DEVICEPASS_MVPDS_HIDE },
    metadataAfterAuthorize: values.DEVICEPASS_METADATA_AFTER_AUTHORIZE,
    ...(values.DEVICEPASS_USER_METADATA === undefined
      ? {}
      : { userMetadataFile: values.DEVICEPASS_USER_METADATA }),
    logLevel: values.DEVICEPASS_LOG_LEVEL,
    ...(aem ? { aem } : {}),
    ...managementSettingsOf(values),
  };
}

const HINTS = {
  ADOBE_PASS_URL: `give Adobe's host or one of ${Object.keys(ADOBE_PASS_ENVIRONMENTS).join(', ')} (\`devicepass sandbox\` starts a stand-in)`,
};

/**
 * Reads the file of apps, by name.
 *
 * @throws ConfigError when it can't be read, or an app in it is wrong
 */
export function readApps(file: string): Map<string, App> {
  const parsed = appsSchema.safeParse(readJson(file, 'set DEVICEPASS_APPS to the file of apps'));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new ConfigError(`${file}: ${issue?.path.join('.') || 'the file'}: ${issue?.message}`);
  }
  return new Map(
    Object.entries(parsed.data).map(([name, { softwareStatementFile, ...app }]) => {
      const softwareStatement =
        app.softwareStatement ??
        (softwareStatementFile &&
          readText(
            softwareStatementFile,
            `correct softwareStatementFile of ${name} in ${file}`,
          ).trim());
      if (!softwareStatement) {
        throw new ConfigError(
          `${file}: ${name} has no software statement: give softwareStatement or softwareStatementFile`,
        );
      }
      checkStatement(softwareStatement, `${file}: softwareStatement of ${name}`);
      return [name, { ...app, softwareStatement }];
    }),
  );
}
