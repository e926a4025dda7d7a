import { BlockList, isIP } from 'node:net';
import type { JWK } from 'jose';
import { z } from 'zod';
import { ConfigError } from '../config.ts';
import { KeyRing, KeyRingError } from '../sealing/index.ts';

/** What the HTML pages show of the programmer. */
export interface Brand {
  name: string;
  /** CSS hex colours for light and dark screens. */
  color: string;
  colorDark: string;
  logoUrl?: string;
}

/** Every setting of the gateway that is not one of the workers' too. */
export interface GatewaySettings {
  /** Our own address, as metadata and tokens name it. Never taken from a request's `Host`. */
  issuer: string;
  host: string;
  port: number;
  /** Origins of HTML5 apps that may call from a browser; packaged ones have `null` or `file://`. */
  allowedOrigins: string[];
  /** Only these may say for whom they ask. */
  trustedProxies: BlockList;
  /** Lower-case names of the headers in which a trusted proxy tells the TV's address and port. */
  addressHeader: string;
  portHeader: string | undefined;
  /** HMAC keys of client ids, secrets, device codes, refresh tokens and our software statements. */
  clientKeys: KeyRing;
  /** Private ES256 JWKs of access tokens; the first signs. */
  tokenKeys: JWK[];
  /** File of revoked statements, blocked installations and backends' keys; it need not exist. */
  statementsFile: string;
  activationApp: string;
  brand: Brand;
  /** How viewers know the apps, by their names in the file of apps. */
  appNames: Map<string, string>;
  /** Lower-case names of the headers in which a trusted proxy tells country, region and town. */
  placeHeaders: string[];
  /** File in MaxMind's format, for addresses of which no header tells the place. */
  placeDatabase: string | undefined;
  /** Apps, or their software statements, whose TVs answer the event `confirm`; `*`: all. */
  confirmingApps: string[];
  /** No browser opens a code that was asked for longer ago than this, in ms. */
  codeMaxAgeMs: number;
  /** Seconds between two polls of `/oauth/token`, as advertised. */
  pollIntervalS: number;
  /** Requests a minute and address. */
  requestsPerMinute: number;
  /** Per ten minutes. */
  quota: {
    registrationsPerAddress: number;
    registrationsPerStatement: number;
    registrations: number;
    sessionsPerAddress: number;
    sessionsPerStatement: number;
    sessions: number;
    /** Of what all share, how much one site (IPv6 /48, IPv4 /24) may use. Percent. */
    networkShare: number;
    wrongCodesPerAddress: number;
    wrongCodes: number;
  };
  /** How long one request may take to arrive, in ms. */
  requestTimeoutMs: number;
  /** How long a stopping gateway still serves while load balancers look elsewhere, in ms. */
  drainMs: number;
}

const whole = (fallback: number, least: number, most: number) => {
  const error = `use a whole number from ${least} to ${most}`;
  const digits = z.string().regex(/^\d+$/, error).transform(Number);
  return digits.pipe(z.number(error).min(least, error).max(most, error)).default(fallback);
};

const header = z.string().regex(/^[A-Za-z0-9-]+$/, 'use the name of a header');
const color = z.string().regex(/^#[0-9a-f]{6}$/i, 'use a colour like #0055aa');

const list = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((item) => item.trim())
      .filter(Boolean),
  );
const headers = list.pipe(z.array(header).max(3, 'name the headers of country, region and town'));
const appNames = list.transform((entries, context) => {
  const names = new Map<string, string>();
  for (const entry of entries) {
    const [, app = '', name = ''] = /^([^=]+)=(.+)$/.exec(entry) ?? [];
    if (app) names.set(app.trim(), name.trim().slice(0, 60));
    else context.addIssue({ code: 'custom', message: `use app=Name,other=Name, not ${entry}` });
  }
  return names;
});

const issuer = z
  .url({ protocol: /^https?$/, error: 'use the URL that TVs and phones reach' })
  .refine((value) => {
    const { pathname, search, hash, username } = new URL(value);
    return pathname === '/' && !search && !hash && !username && !value.includes('?');
  }, 'use a URL without path, query and password')
  .refine(
    (value) => value.startsWith('https:') || /^http:\/\/(localhost|[\d.]+|\[)/.test(value),
    'use https (plain http only for an address on your own network)',
  )
  .transform((value) => new URL(value).origin);

/** Packaged apps have the origin `null`, or one of their platform's, as `file://` or `app://tv`. */
function isOrigin(entry: string): boolean {
  if (entry === 'null') return true;
  if (/^https?:/.test(entry)) return URL.canParse(entry) && new URL(entry).origin === entry;
  return /^[a-z][a-z0-9+.-]*:\/\/[a-z0-9.-]*$/.test(entry);
}

const origins = z
  .string()
  .default('')
  .transform((text, context) => {
    const entries = text.split(',').map((item) => item.trim());
    const given = entries.filter((entry) => entry !== '');
    for (const entry of given) {
      if (isOrigin(entry)) continue;
      const message = `use origins as https://app.example.com, not ${entry}`;
      context.addIssue({ code: 'custom', message });
    }
    return given;
  });

const proxies = z
  .string()
  .default('')
  .transform((text, context) => {
    const list = new BlockList();
    for (const entry of text.split(',').map((item) => item.trim())) {
      if (entry && !addRange(list, entry)) {
        context.addIssue({ code: 'custom', message: `use addresses or CIDR ranges, not ${entry}` });
      }
    }
    return list;
  });

function addRange(list: BlockList, entry: string): boolean {
  const [address = '', prefix, ...rest] = entry.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return false;
  const family = version === 6 ? 'ipv6' : 'ipv4';
  if (prefix === undefined) {
    list.addAddress(address, family);
    return true;
  }
  if (!/^\d{1,3}$/.test(prefix) || Number(prefix) > (version === 6 ? 128 : 32)) return false;
  list.addSubnet(address, Number(prefix), family);
  return true;
}

const clientKeys = z.string().transform((text, context) => {
  try {
    return KeyRing.parse(text);
  } catch (error) {
    if (!(error instanceof KeyRingError)) throw error;
    context.addIssue({ code: 'custom', message: error.message });
    return z.NEVER;
  }
});

const tokenKey = z.looseObject({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  kid: z.string().min(1),
  x: z.string(),
  y: z.string(),
  d: z.string(),
});
const tokenKeys = z.string().transform((text, context): JWK[] => {
  const parsed = z.object({ keys: z.array(tokenKey).min(1) }).safeParse(json(text));
  if (parsed.success) return parsed.data.keys;
  const message = 'use a JWKS of private EC P-256 keys with kids (`devicepass gateway keys`)';
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
});

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const environment = z.object({
  GATEWAY_ISSUER: issuer,
  GATEWAY_HOST: z.string().min(1).default('0.0.0.0'),
  GATEWAY_PORT: whole(8080, 0, 65_535),
  GATEWAY_ALLOWED_ORIGINS: origins,
  GATEWAY_TRUSTED_PROXIES: proxies,
  GATEWAY_ADDRESS_HEADER: header.default('x-forwarded-for'),
  GATEWAY_PORT_HEADER: header.optional(),
  GATEWAY_CLIENT_KEYS: clientKeys,
  GATEWAY_TOKEN_KEYS: tokenKeys,
  GATEWAY_STATEMENTS: z.string().min(1).default('statements.json'),
  GATEWAY_ACTIVATION_APP: z.string().min(1).default('activation'),
  GATEWAY_BRAND_NAME: z.string().min(1).max(60).default('devicepass'),
  GATEWAY_BRAND_COLOR: color.default('#0b57d0'),
  GATEWAY_BRAND_COLOR_DARK: color.default('#a8c7fa'),
  GATEWAY_BRAND_LOGO: z.url({ protocol: /^https$/, error: 'use an https URL' }).optional(),
  GATEWAY_APP_NAMES: appNames,
  GATEWAY_PLACE_HEADER: headers,
  GATEWAY_PLACE_DATABASE: z.string().min(1).optional(),
  GATEWAY_CONFIRMING_APPS: list,
  GATEWAY_CODE_MAX_AGE_S: whole(900, 1, 86_400),
  GATEWAY_POLL_INTERVAL_S: whole(5, 1, 60),
  GATEWAY_REQUESTS_PER_MINUTE: whole(6_000, 10, 10_000_000),
  GATEWAY_REGISTRATIONS_PER_ADDRESS: whole(100, 1, 1_000_000),
  GATEWAY_REGISTRATIONS_PER_STATEMENT: whole(50_000, 1, 10_000_000),
  GATEWAY_REGISTRATIONS: whole(100_000, 1, 10_000_000),
  GATEWAY_SESSIONS_PER_ADDRESS: whole(200, 1, 1_000_000),
  GATEWAY_SESSIONS_PER_STATEMENT: whole(50_000, 1, 10_000_000),
  GATEWAY_SESSIONS: whole(100_000, 1, 10_000_000),
  GATEWAY_NETWORK_SHARE: whole(2, 1, 100),
  GATEWAY_WRONG_CODES_PER_ADDRESS: whole(20, 1, 1_000_000),
  GATEWAY_WRONG_CODES: whole(2_000, 1, 10_000_000),
  GATEWAY_REQUEST_TIMEOUT_MS: whole(10_000, 500, 120_000),
  GATEWAY_DRAIN_MS: whole(5_000, 0, 120_000),
});

/** The variables of the gateway alone. */
export const GATEWAY_VARIABLES = Object.keys(environment.shape);

/**
 * Reads the gateway's settings.
 *
 * @throws ConfigError with one line for the first variable that is wrong
 */
export function readGatewaySettings(env: NodeJS.ProcessEnv): GatewaySettings {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = environment.safeParse(given);
  if (!parsed.success) throw configError(parsed.error, given);
  const values = parsed.data;
  return {
    issuer: values.GATEWAY_ISSUER,
    host: values.GATEWAY_HOST,
    port: values.GATEWAY_PORT,
    allowedOrigins: values.GATEWAY_ALLOWED_ORIGINS,
    trustedProxies: values.GATEWAY_TRUSTED_PROXIES,
    addressHeader: values.GATEWAY_ADDRESS_HEADER.toLowerCase(),
    portHeader: values.GATEWAY_PORT_HEADER?.toLowerCase(),
    clientKeys: values.GATEWAY_CLIENT_KEYS,
    tokenKeys: values.GATEWAY_TOKEN_KEYS,
    statementsFile: values.GATEWAY_STATEMENTS,
    activationApp: values.GATEWAY_ACTIVATION_APP,
    brand: {
      name: values.GATEWAY_BRAND_NAME,
      color: values.GATEWAY_BRAND_COLOR,
      colorDark: values.GATEWAY_BRAND_COLOR_DARK,
      ...(values.GATEWAY_BRAND_LOGO ? { logoUrl: values.GATEWAY_BRAND_LOGO } : {}),
    },
    appNames: values.GATEWAY_APP_NAMES,
    placeHeaders: values.GATEWAY_PLACE_HEADER.map((name) => name.toLowerCase()),
    placeDatabase: values.GATEWAY_PLACE_DATABASE,
    confirmingApps: values.GATEWAY_CONFIRMING_APPS,
    codeMaxAgeMs: values.GATEWAY_CODE_MAX_AGE_S * 1_000,
    pollIntervalS: values.GATEWAY_POLL_INTERVAL_S,
    requestsPerMinute: values.GATEWAY_REQUESTS_PER_MINUTE,
    quota: {
      registrationsPerAddress: values.GATEWAY_REGISTRATIONS_PER_ADDRESS,
      registrationsPerStatement: values.GATEWAY_REGISTRATIONS_PER_STATEMENT,
      registrations: values.GATEWAY_REGISTRATIONS,
      sessionsPerAddress: values.GATEWAY_SESSIONS_PER_ADDRESS,
      sessionsPerStatement: values.GATEWAY_SESSIONS_PER_STATEMENT,
      sessions: values.GATEWAY_SESSIONS,
      networkShare: values.GATEWAY_NETWORK_SHARE,
      wrongCodesPerAddress: values.GATEWAY_WRONG_CODES_PER_ADDRESS,
      wrongCodes: values.GATEWAY_WRONG_CODES,
    },
    requestTimeoutMs: values.GATEWAY_REQUEST_TIMEOUT_MS,
    drainMs: values.GATEWAY_DRAIN_MS,
  };
}

const HINTS: Record<string, string> = {
  GATEWAY_ISSUER: 'give the URL that TVs and phones reach, as https://tv.example.com',
  GATEWAY_CLIENT_KEYS: 'make keys with `devicepass gateway keys`',
  GATEWAY_TOKEN_KEYS: 'make keys with `devicepass gateway keys`',
};

function configError({ issues: [issue] }: z.ZodError, given: Record<string, unknown>): ConfigError {
  const name = String(issue?.path[0] ?? 'the environment');
  if (given[name] === undefined) {
    return new ConfigError(`${name} is not set: ${HINTS[name] ?? 'see .env.example'}`);
  }
  const shown = name.endsWith('_KEYS') ? 'not usable' : JSON.stringify(given[name]);
  return new ConfigError(`${name} is ${shown.slice(0, 120)}: ${issue?.message ?? 'wrong'}`);
}
