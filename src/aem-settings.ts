import { z } from 'zod';
import {
  type AemOptions,
  type CatalogueOptions,
  catalogueSettingsSchema,
  type Tier,
  TIERS,
} from './aem/index.ts';
import type { HttpOptions } from './http/index.ts';
import { ADOBE_IMS_HOSTS, type CredentialKind, type CredentialSource } from './ims/index.ts';
import {
  ConfigError,
  list,
  listOf,
  ms,
  oneOf,
  readJson,
  readText,
  readVariables,
} from './variables.ts';

const KINDS = [
  'service-jwt',
  'aem-oauth',
  'developer-console-oauth',
  'local-token',
  'basic',
  'none',
] as const satisfies readonly CredentialKind[];

const host = z.url({ protocol: /^https?$/, error: 'use a URL, scheme and host only' }).optional();
const path = z.string().min(1).optional();
const query = z
  .string()
  .regex(/^[^/;]+(\/[^/;]+)+$/, 'use <configuration>/<query>')
  .optional();

/** Every setting of AEM and IMS, by its environment variable. All may be left out. */
const environment = z.object({
  AEM_AUTHOR_URL: host,
  AEM_PREVIEW_URL: host,
  AEM_PUBLISH_URL: host,
  AEM_CREDENTIALS_FILE: path,
  AEM_CREDENTIALS_EXPOSED: oneOf(['refuse', 'warn']).default('refuse'),
  AEM_CREDENTIALS: z.string().optional(),
  AEM_BASIC: z
    .string()
    .regex(/^[^:]+:./, 'use user:password')
    .optional(),
  AEM_CREDENTIAL_KINDS: listOf(KINDS, ''),
  AEM_TOKEN_TIERS: listOf(['author', 'preview', 'publish'], 'author,preview'),
  AEM_EXPECTED_USER: z.string().optional(),
  AEM_CANARY_QUERY: query,
  AEM_REQUEST_TIMEOUT_MS: ms(5_000, 100, 60_000),
  AEM_CATALOGUE: path,
  AEM_PROXY_URL: z.string().optional(),
  AEM_NO_PROXY: list(),
  AEM_CA_FILE: path,
  IMS_ALLOWED_HOSTS: list(ADOBE_IMS_HOSTS.join(',')),
  IMS_ENDPOINT: z.string().min(1).default('ims-na1.adobelogin.com'),
  IMS_REQUEST_TIMEOUT_MS: ms(10_000, 100, 60_000),
});

/** The variables of AEM and IMS. */
export const AEM_VARIABLES = Object.keys(environment.shape);

/** What a process needs to reach AEM: where it is, how to be let in, what its catalogue is like. */
export interface AemSettings {
  hosts: Partial<Record<Tier, string>>;
  source: CredentialSource;
  /** Kinds of credentials that this AEM lets in; empty: all. */
  kinds: readonly CredentialKind[];
  /** What the client of AEM takes besides. */
  client: Pick<AemOptions, 'tokenTiers' | 'expectedUser' | 'canary' | 'requestTimeoutMs'>;
  catalogue: CatalogueOptions;
  http: Pick<HttpOptions, 'proxy' | 'certificateAuthorities'>;
  ims: { allowedHosts: readonly string[]; imsEndpoint: string; timeoutMs: number };
}

/**
 * Reads the settings of AEM.
 *
 * @returns undefined where no host is set: then everything works but what needs AEM
 * @throws ConfigError with one line for the first setting that is wrong
 */
export function readAemSettings(env: NodeJS.ProcessEnv): AemSettings | undefined {
  const values = readVariables(environment, env);
  const hosts = hostsOf({
    author: values.AEM_AUTHOR_URL,
    preview: values.AEM_PREVIEW_URL,
    publish: values.AEM_PUBLISH_URL,
  });
  if (TIERS.every((tier) => hosts[tier] === undefined)) return undefined;
  const canary = values.AEM_CANARY_QUERY;
  const expectedUser = values.AEM_EXPECTED_USER;
  return {
    hosts,
    source: sourceOf(values),
    kinds: values.AEM_CREDENTIAL_KINDS,
    client: {
      tokenTiers: values.AEM_TOKEN_TIERS,
      requestTimeoutMs: values.AEM_REQUEST_TIMEOUT_MS,
      ...(expectedUser === undefined ? {} : { expectedUser }),
      ...(canary === undefined ? {} : { canary: { query: canary } }),
    },
    catalogue: catalogueOf(values.AEM_CATALOGUE, hosts),
    http: {
      ...(values.AEM_PROXY_URL === undefined
        ? {}
        : { proxy: { url: values.AEM_PROXY_URL, bypass: values.AEM_NO_PROXY } }),
      ...(values.AEM_CA_FILE === undefined
        ? {}
        : { certificateAuthorities: readText(values.AEM_CA_FILE, 'correct AEM_CA_FILE') }),
    },
    ims: {
      allowedHosts: values.IMS_ALLOWED_HOSTS,
      imsEndpoint: values.IMS_ENDPOINT,
      timeoutMs: values.IMS_REQUEST_TIMEOUT_MS,
    },
  };
}

function hostsOf(given: Record<Tier, string | undefined>): AemSettings['hosts'] {
  return Object.fromEntries(Object.entries(given).filter(([, url]) => url !== undefined));
}

function sourceOf(values: z.output<typeof environment>): CredentialSource {
  const { AEM_CREDENTIALS_FILE, AEM_CREDENTIALS, AEM_BASIC } = values;
  const given = Object.entries({ AEM_CREDENTIALS_FILE, AEM_CREDENTIALS, AEM_BASIC }).filter(
    ([, value]) => value !== undefined,
  );
  if (given.length > 1) {
    const names = given.map(([name]) => name).join(' and ');
    throw new ConfigError(`${names} are set: keep one of them`);
  }
  if (AEM_CREDENTIALS_FILE !== undefined) {
    return { from: 'file', path: AEM_CREDENTIALS_FILE, exposed: values.AEM_CREDENTIALS_EXPOSED };
  }
  if (AEM_CREDENTIALS !== undefined) {
    return { from: 'text', text: AEM_CREDENTIALS, name: 'AEM_CREDENTIALS' };
  }
  if (AEM_BASIC === undefined) return { from: 'none' };
  const colon = AEM_BASIC.indexOf(':');
  const [username, password] = [AEM_BASIC.slice(0, colon), AEM_BASIC.slice(colon + 1)];
  return { from: 'basic', username, password };
}

/** The file of the catalogue; without one, the starter package's on the tier nearest to viewers. */
function catalogueOf(file: string | undefined, hosts: AemSettings['hosts']): CatalogueOptions {
  const nearest = TIERS.findLast((tier) => hosts[tier] !== undefined) ?? 'publish';
  if (file === undefined) return { tier: nearest };
  const parsed = catalogueSettingsSchema.safeParse(
    readJson(file, 'set AEM_CATALOGUE to the file of catalogue settings'),
  );
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new ConfigError(`${file}: ${issue?.path.join('.') || 'the file'}: ${issue?.message}`);
  }
  const { tier } = parsed.data;
  if (hosts[tier] === undefined) {
    throw new ConfigError(
      `${file}: tier is ${tier}, but AEM_${tier.toUpperCase()}_URL is not set: set it, or name another tier`,
    );
  }
  return parsed.data;
}
