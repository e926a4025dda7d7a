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

const ms = (fallback: number, least: number, most = 24 * 3_600_000) =>
  z.coerce.number().int().min(least).max(most).default(fallback);

const flag = z
  .enum(['0', '1', 'true', 'false'])
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
  DEVICEPASS_AUTOMATIC_SESSIONS: z.enum(['present', 'always', 'never']).default('present'),
  DEVICEPASS_AUTOMATIC_SESSIONS_LIMIT: z.coerce.number().int().min(0).max(1_000).default(8),
  DEVICEPASS_PRESENCE_WINDOW_MS: ms(120_000, 1_000),
  DEVICEPASS_TIME_BUDGET_MS: ms(7_000, 1_000, 60_000),
  DEVICEPASS_PREAUTHORIZE_CHUNK: z.coerce.number().int().min(1).max(100).default(5),
  DEVICEPASS_CONTINUE_AS_NEW_AFTER_EVENTS: z.coerce
    .number()
    .int()
    .min(50)
    .max(40_000)
    .default(2_000),
  DEVICEPASS_MVPDS_SHOW: list,
  DEVICEPASS_MVPDS_HIDE: list,
  DEVICEPASS_LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
    .default('info'),
});

/** One TV application of one service provider. */
const appSchema = z.strictObject({
  /** From the TVE Dashboard, with scope `api:client:v2`; or `softwareStatementFile`. Secret. */
  softwareStatement: z.string().min(1).optional(),
  softwareStatementFile: z.string().min(1).optional(),
  serviceProvider: z.string().min(1),
  domainName: z.string().min(1),
  redirectUrl: z.url(),
});
const appsSchema = z.record(
  z.string().regex(/^[A-Za-z0-9._-]{1,60}$/, 'use letters, digits, . _ or - for an app name'),
  appSchema,
);

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
  const shown = SECRET.test(name) ? 'not usable' : JSON.stringify(value);
  return new ConfigError(`${name} is ${shown}: ${issue?.message ?? 'wrong'}`);
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
        app.softwareStatement ?? (softwareStatementFile && read(softwareStatementFile).trim());
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
    return JSON.parse(read(file));
  } catch (error) {
    // JSON.parse repeats a piece of the text in its message, and the text has secrets in it.
    if (error instanceof SyntaxError)
      throw new ConfigError(`${file} is not JSON: check its syntax`);
    throw error;
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw new ConfigError(
      `${file} can't be read (${code}): set DEVICEPASS_APPS to the file of apps`,
    );
  }
}
