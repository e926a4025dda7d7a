import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** A setting is missing or wrong. The message is one line: which, its value, what to do. */
export class ConfigError extends Error {
  override name = 'ConfigError';
}

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

const whole = (fallback: number, least: number, most: number, unit = '') => {
  const error = `use a whole number${unit} from ${least} to ${most}`;
  const digits = z.string().regex(/^\d+$/, error).transform(Number);
  return digits.pipe(z.number(error).min(least, error).max(most, error)).default(fallback);
};

const ms = (fallback: number, least: number, most = 24 * 3_600_000) =>
  whole(fallback, least, most, ' of milliseconds');

const oneOf = <const T extends string>(values: readonly T[]) =>
  z.enum(values, `use one of ${values.join(', ')}`);

const flag = oneOf(['0', '1', 'true', 'false'])
  .default('0')
  .transform((value) => value === '1' || value === 'true');

const list = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((item) => item.trim())
      .filter(Boolean),
  );

const adobePassUrl = z
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

/** Every setting, by its environment variable. Times in milliseconds. `.env.example` explains them. */
const environment = z.object({
  ADOBE_PASS_URL: adobePassUrl,
  ADOBE_PASS_DEVICE_HEADERS_EVERYWHERE: flag,
  ADOBE_PASS_REQUEST_TIMEOUT_MS: ms(2_500, 100, 30_000),
  DEVICEPASS_APPS: z.string().min(1).default('apps.json'),
  DEVICEPASS_KEYS: z.string().default(''),
  DEVICEPASS_INSECURE_DEV: flag,
  DEVICEPASS_TASK_QUEUE: z.string().min(1).default('devicepass'),
  DEVICEPASS_POLL_INTERVAL_MS: ms(15_000, 3_000, 600_000),
  DEVICEPASS_SAME_SCREEN_FALLBACK_MS: ms(120_000, 3_000),
  DEVICEPASS_AUTOMATIC_SESSIONS: oneOf(['present', 'always', 'never']).default('present'),
  DEVICEPASS_AUTOMATIC_SESSIONS_LIMIT: whole(8, 0, 1_000),
  DEVICEPASS_PRESENCE_WINDOW_MS: ms(120_000, 1_000),
  DEVICEPASS_TIME_BUDGET_MS: ms(7_000, 1_000, 60_000),
  DEVICEPASS_PREAUTHORIZE_CHUNK: whole(5, 1, 100),
  DEVICEPASS_CONTINUE_AS_NEW_AFTER_EVENTS: whole(2_000, 50, 40_000),
  DEVICEPASS_MVPDS_SHOW: list,
  DEVICEPASS_MVPDS_HIDE: list,
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

const text = z.string('give a text').min(1, 'give a text that is not empty');

const appFields = {
  /** From the TVE Dashboard, with scope `api:client:v2`; or `softwareStatementFile`. Secret. */
  softwareStatement: text.optional(),
  softwareStatementFile: text.optional(),
  serviceProvider: text,
  domainName: text,
  redirectUrl: z.url('give an absolute URL'),
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

export interface App {
  softwareStatement: string;
  serviceProvider: string;
  domainName: string;
  redirectUrl: string;
}

export interface Config {
  adobePass: { url: string; deviceHeadersEverywhere: boolean; requestTimeoutMs: number };
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
  continueAsNewAfterEvents: number;
  mvpds: { show: string[]; hide: string[] };
  logLevel: string;
}

/**
 * Reads the settings of a worker from its environment.
 *
 * @throws ConfigError with one line for the first variable that is wrong
 */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = environment.safeParse(given);
  if (!parsed.success) throw configError(parsed.error, given);
  const values = parsed.data;
  return {
    adobePass: {
      url: values.ADOBE_PASS_URL,
      deviceHeadersEverywhere: values.ADOBE_PASS_DEVICE_HEADERS_EVERYWHERE,
      requestTimeoutMs: values.ADOBE_PASS_REQUEST_TIMEOUT_MS,
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
    continueAsNewAfterEvents: values.DEVICEPASS_CONTINUE_AS_NEW_AFTER_EVENTS,
    mvpds: { show: values.DEVICEPASS_MVPDS_SHOW, hide: values.DEVICEPASS_MVPDS_HIDE },
    logLevel: values.DEVICEPASS_LOG_LEVEL,
  };
}

const SECRET = /KEYS|STATEMENT|SECRET|TOKEN/i;

function configError(error: z.ZodError, given: Record<string, unknown>): ConfigError {
  const [issue] = error.issues;
  const name = String(issue?.path[0] ?? 'the environment');
  const value = given[name];
  if (value === undefined) return new ConfigError(`${name} is not set: ${hint(name)}`);
  const shown = SECRET.test(name) ? 'not usable' : withoutLogin(JSON.stringify(value));
  return new ConfigError(`${name} is ${shown}: ${issue?.message ?? 'wrong'}`);
}

function withoutLogin(url: string): string {
  return url.replace(/\/\/[^/]*@/, '//[secret]@');
}

function hint(name: string): string {
  return name === 'ADOBE_PASS_URL'
    ? `give Adobe's host or one of ${Object.keys(ADOBE_PASS_ENVIRONMENTS).join(', ')} (\`devicepass sandbox\` starts a stand-in)`
    : 'see .env.example';
}

/**
 * Reads the file of apps, by name.
 *
 * @throws ConfigError when it can't be read, or an app in it is wrong
 */
export function readApps(file: string): Map<string, App> {
  const parsed = appsSchema.safeParse(readJson(file));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new ConfigError(`${file}: ${issue?.path.join('.') || 'the file'}: ${issue?.message}`);
  }
  return new Map(
    Object.entries(parsed.data).map(([name, { softwareStatementFile, ...app }]) => {
      const softwareStatement =
        app.softwareStatement ??
        (softwareStatementFile &&
          read(
            softwareStatementFile,
            `correct softwareStatementFile of ${name} in ${file}`,
          ).trim());
      if (!softwareStatement) {
        throw new ConfigError(
          `${file}: ${name} has no software statement: give softwareStatement or softwareStatementFile`,
        );
      }
      return [name, { ...app, softwareStatement }];
    }),
  );
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(read(file, 'set DEVICEPASS_APPS to the file of apps'));
  } catch (error) {
    // JSON.parse repeats a piece of the text in its message, and the text has secrets in it.
    if (error instanceof SyntaxError)
      throw new ConfigError(`${file} is not JSON: check its syntax`);
    throw error;
  }
}

function read(file: string, advice: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw new ConfigError(`${file} can't be read (${code}): ${advice}`);
  }
}
