import { z } from 'zod';
import type { MediaTokenOptions } from './media-tokens/index.ts';
import { ConfigError, ms, oneOf, readText, readVariables, whole } from './variables.ts';

const url = z
  .url({ protocol: /^https?$/, error: 'use the http or https address of the side-car' })
  .refine(
    (value) => new URL(value).username === '' && new URL(value).password === '',
    'use a URL without user and password: MEDIA_TOKEN_VERIFIER_SECRET goes along instead',
  );

/** Every setting of the verification of media tokens, by its environment variable. */
const environment = z.object({
  MEDIA_TOKEN_VERIFIER_URL: url.optional(),
  MEDIA_TOKEN_VERIFIER_SECRET: z
    .string()
    .regex(/^[\x21-\x7e]{1,1000}$/, 'use visible ASCII without blanks')
    .optional(),
  MEDIA_TOKEN_VERIFIER_CA_FILE: z.string().min(1).optional(),
  MEDIA_TOKEN_VERIFIER_TIMEOUT_MS: ms(2_500, 100, 7_000),
  MEDIA_TOKEN_VERIFIER_TRY_TIMEOUT_MS: ms(1_000, 50, 7_000),
  MEDIA_TOKEN_VERIFIER_TRIES: whole(2, 1, 5),
  MEDIA_TOKEN_VERIFIER_WHEN_AWAY: oneOf(['refuse', 'release']).default('refuse'),
});

/** The variables of the verification of media tokens. */
export const MEDIA_TOKEN_VARIABLES = Object.keys(environment.shape);

/**
 * Reads who verifies media tokens, for `connect({ mediaTokens })`.
 *
 * @returns undefined where no address is set: then none can be verified
 * @throws ConfigError with one line for the first setting that is wrong
 */
export function readMediaTokenSettings(env: NodeJS.ProcessEnv): MediaTokenOptions | undefined {
  const values = readVariables(environment, env);
  const address = values.MEDIA_TOKEN_VERIFIER_URL;
  if (address === undefined) return undefined;
  const secret = values.MEDIA_TOKEN_VERIFIER_SECRET;
  const caFile = values.MEDIA_TOKEN_VERIFIER_CA_FILE;
  return {
    verifier: {
      url: address,
      ...(secret === undefined ? {} : { secret }),
      ...(caFile === undefined
        ? {}
        : {
            certificateAuthorities: certificatesIn(caFile),
          }),
      tries: values.MEDIA_TOKEN_VERIFIER_TRIES,
      tryTimeoutMs: values.MEDIA_TOKEN_VERIFIER_TRY_TIMEOUT_MS,
    },
    timeoutMs: values.MEDIA_TOKEN_VERIFIER_TIMEOUT_MS,
    whenAway: values.MEDIA_TOKEN_VERIFIER_WHEN_AWAY,
  };
}

function certificatesIn(file: string): string {
  const text = readText(file, 'correct MEDIA_TOKEN_VERIFIER_CA_FILE');
  if (text.includes('-----BEGIN CERTIFICATE-----')) return text;
  throw new ConfigError(`${file} has no certificate in PEM form: see MEDIA_TOKEN_VERIFIER_CA_FILE`);
}
