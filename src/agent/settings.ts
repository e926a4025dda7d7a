import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { ConfigError } from '../config.ts';
import { type AemHost, checkedHost, KeyRolloutError, type Login } from '../key-rollout/index.ts';
import { KeyRing } from '../sealing/index.ts';

/** What the agent of one AEM host is told by its environment. */
export interface AgentSettings {
  host: AemHost;
  /** The ring that all agents of the farm share, and nobody else. */
  keys: KeyRing;
  /** PEM certificates of private authorities. */
  certificateAuthorities?: string;
  logLevel: string;
}

const text = z.string('is not set').min(1, 'is not set');

const environment = z.object({
  AEM_HOST_ID: text.regex(/^[A-Za-z0-9._-]{1,60}$/, 'use 1 to 60 letters, digits, . _ or -'),
  AEM_HOST_URL: text,
  AEM_HOST_INSTALL_DIR: text,
  AEM_HOST_BACKUP_DIR: z.string().optional(),
  AEM_HOST_KEYS: text,
  AEM_HOST_ADMIN_USER: z.string().default('admin'),
  AEM_HOST_TEST_USER: text,
  AEM_HOST_CA_FILE: z.string().optional(),
  DEVICEPASS_LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
    .default('info'),
});

/** The variables of agents; passwords may come from files too. */
export const AGENT_VARIABLES = [
  ...Object.keys(environment.shape),
  ...['AEM_HOST_ADMIN', 'AEM_HOST_TEST'].flatMap((prefix) => [
    `${prefix}_PASSWORD`,
    `${prefix}_PASSWORD_FILE`,
  ]),
];

/**
 * Reads the settings of an agent.
 *
 * @throws ConfigError with one line for the first variable that is wrong
 * @throws KeyRingError when AEM_HOST_KEYS is no key ring
 */
export function readAgentSettings(env: NodeJS.ProcessEnv): AgentSettings {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = environment.safeParse(given);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const name = String(issue?.path[0]);
    const value = given[name] === undefined ? '' : ` is ${JSON.stringify(given[name])}`;
    throw new ConfigError(`${name}${value}: ${issue?.message}: ${HINTS[name] ?? 'see the README'}`);
  }
  const values = parsed.data;
  const installDir = values.AEM_HOST_INSTALL_DIR;
  return {
    host: {
      id: values.AEM_HOST_ID,
      url: urlOf(values.AEM_HOST_URL),
      installDir,
      backupDir: values.AEM_HOST_BACKUP_DIR ?? join(installDir, 'devicepass-key-backups'),
      admin: login(given, 'AEM_HOST_ADMIN', values.AEM_HOST_ADMIN_USER),
      testUser: login(given, 'AEM_HOST_TEST', values.AEM_HOST_TEST_USER),
    },
    keys: KeyRing.parse(values.AEM_HOST_KEYS, 'AEM_HOST_KEYS'),
    ...(values.AEM_HOST_CA_FILE === undefined
      ? {}
      : { certificateAuthorities: read('AEM_HOST_CA_FILE', values.AEM_HOST_CA_FILE) }),
    logLevel: values.DEVICEPASS_LOG_LEVEL,
  };
}

const HINTS: Record<string, string> = {
  AEM_HOST_ID: "this host's id in the farm file",
  AEM_HOST_URL: 'where its AEM listens, such as http://127.0.0.1:4503',
  AEM_HOST_INSTALL_DIR: 'the folder that crx-quickstart is in',
  AEM_HOST_KEYS: 'make one ring for all agents of the farm with `devicepass keys generate`',
  AEM_HOST_TEST_USER: 'a user on every instance that is no administrator',
};

function urlOf(value: string): string {
  try {
    return checkedHost(value);
  } catch (error) {
    if (error instanceof KeyRolloutError) throw new ConfigError(`AEM_HOST_URL: ${error.message}`);
    throw error;
  }
}

/** A password comes from a file, or else from the environment. */
function login(given: Record<string, string | undefined>, prefix: string, user: string): Login {
  const file = given[`${prefix}_PASSWORD_FILE`];
  const value =
    file === undefined
      ? given[`${prefix}_PASSWORD`]
      : read(`${prefix}_PASSWORD_FILE`, file).replace(/\r?\n$/, '');
  if (!value) {
    throw new ConfigError(`${prefix}_PASSWORD is not set: give it, or ${prefix}_PASSWORD_FILE`);
  }
  return { user, password: () => value };
}

function read(name: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw new ConfigError(`${name}: ${file} can't be read (${code}): correct the path`);
  }
}
