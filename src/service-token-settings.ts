import { z } from 'zod';
import { AUDIENCES, ServiceTokenKeyError, ServiceTokens } from './service-tokens/index.ts';
import { ConfigError, ms, oneOf, readText, readVariables } from './variables.ts';

const name = z.string().regex(/^[\x21-\x7e]{1,200}$/, 'give 1 to 200 characters without blanks');

/** Every setting of service tokens, by its environment variable. */
const environment = z.object({
  DEVICEPASS_SERVICE_TOKEN_ISSUER: name.optional(),
  DEVICEPASS_SERVICE_TOKEN_KEY: z.string().min(1).optional(),
  DEVICEPASS_SERVICE_TOKEN_KEY_ID: name.optional(),
  DEVICEPASS_SERVICE_TOKEN_AUDIENCE: oneOf(AUDIENCES).default('Adobe'),
  DEVICEPASS_SERVICE_TOKEN_LIFE_MS: ms(3_600_000, 60_000),
  DEVICEPASS_SERVICE_TOKEN_PUBLIC_KEYS: z.string().min(1).optional(),
});

/** The variables of service tokens. */
export const SERVICE_TOKEN_VARIABLES = Object.keys(environment.shape);

/**
 * Reads by what households are known, for `connect({ serviceTokens })`.
 *
 * @returns undefined where no issuer is set: then there are none
 * @throws ConfigError with one line for the first setting or key that is wrong
 */
export function readServiceTokens(env: NodeJS.ProcessEnv): ServiceTokens | undefined {
  const values = readVariables(environment, env);
  const issuer = values.DEVICEPASS_SERVICE_TOKEN_ISSUER;
  const files = {
    privateKey: 'DEVICEPASS_SERVICE_TOKEN_KEY',
    publicKeys: 'DEVICEPASS_SERVICE_TOKEN_PUBLIC_KEYS',
  } as const;
  const given = Object.entries(files).flatMap(([option, variable]) => {
    const file = values[variable];
    return file === undefined ? [] : [{ option, variable, file }];
  });
  const [first] = given;
  if (issuer === undefined) {
    if (!first) return undefined;
    throw new ConfigError(
      `${first.variable} is set without DEVICEPASS_SERVICE_TOKEN_ISSUER: give the name by which Adobe knows your identity service`,
    );
  }
  if (!first) {
    throw new ConfigError(
      'DEVICEPASS_SERVICE_TOKEN_ISSUER is set without a key: give DEVICEPASS_SERVICE_TOKEN_KEY to make tokens, or DEVICEPASS_SERVICE_TOKEN_PUBLIC_KEYS to believe those of TVs',
    );
  }
  const keyId = values.DEVICEPASS_SERVICE_TOKEN_KEY_ID;
  const common = {
    issuer,
    audience: values.DEVICEPASS_SERVICE_TOKEN_AUDIENCE,
    lifeMs: values.DEVICEPASS_SERVICE_TOKEN_LIFE_MS,
    ...(keyId === undefined ? {} : { keyId }),
  };
  const texts: Record<string, string> = {};
  for (const { option, variable, file } of given) {
    texts[option] = readText(file, `correct ${variable}`);
    try {
      // Each alone, so that the complaint names its file.
      void new ServiceTokens({ ...common, [option]: texts[option] });
    } catch (error) {
      if (!(error instanceof ServiceTokenKeyError)) throw error;
      throw new ConfigError(`${variable}: ${file} ${error.message}`);
    }
  }
  return new ServiceTokens({ ...common, ...texts });
}
