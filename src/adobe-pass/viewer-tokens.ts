import { z } from 'zod';

/** Node refuses headers of more than 16 kB together. */
const MOST_CHARACTERS = 6_000;

const part = '[A-Za-z0-9_-]+';
const compact = (parts: string, what: string) =>
  z
    .string({ error: `give ${what}` })
    .max(MOST_CHARACTERS, `has more than ${MOST_CHARACTERS} characters: give ${what}`)
    .regex(new RegExp(`^${parts}$`), `is not ${what}: give the token as the platform made it`);

const JWS = `${part}\\.${part}\\.${part}`;
// With a key that is used directly, the second part of a JWE is empty.
const JWE = `${part}\\.(?:${part})?\\.${part}\\.${part}\\.${part}`;
const platformToken = compact(`(?:${JWS}|${JWE})`, 'a compact JWS or JWE');

/** What the partner's framework on the device says of its viewer's sign-in. */
export const partnerFrameworkStatusSchema = z.object({
  frameworkPermissionInfo: z.object({
    /** `granted`, `denied`, `restricted`, `notDetermined` or newer. */
    accessStatus: z.string().min(1).max(100),
    error: z.object({ code: z.string().max(200), message: z.string().max(1_000) }).optional(),
  }),
  frameworkProviderInfo: z.object({
    /** Of the provider on the platform: `platformMappingId` of the configuration. */
    id: z.string().max(200).optional(),
    /** Epoch milliseconds, as a text. */
    expirationDate: z
      .string()
      .regex(/^\d{1,16}$/, 'give milliseconds since the epoch, as a text of digits')
      .optional(),
    error: z.object({ code: z.string().max(200), message: z.string().max(1_000) }).optional(),
  }),
});

/**
 * What a request brings along of its viewer, each for a header of its own: the tokens of single sign-on
 * and the visitor id (`rest-api-v2-appendix-headers-*`). They come with each request and are only as
 * good as the moment; whoever brings none is served without.
 */
export const viewerTokensSchema = z.object({
  /** Amazon's `SSOToken`, sent as `Adobe-Subject-Token`. */
  subjectToken: platformToken.optional(),
  /** What RokuOS adds to requests, sent as `X-Roku-Reserved-Roku-Connect-Token`. */
  rokuConnectToken: platformToken.optional(),
  /** Of the programmer's identity service, sent as `AD-Service-Token`. */
  serviceToken: compact(JWS, 'a compact JWS').optional(),
  /** Sent as `AP-Partner-Framework-Status`. */
  partnerFrameworkStatus: partnerFrameworkStatusSchema.optional(),
  /** Experience Cloud ID, sent bare as `AP-Visitor-Identifier`. */
  visitorIdentifier: z
    .string()
    .regex(/^[\x21-\x7e]{1,200}$/, 'give 1 to 200 characters without blanks')
    .optional(),
});

/** Those that a platform makes, which apps and backends only hand on. */
const PLATFORM = ['subjectToken', 'rokuConnectToken'] as const;
/** Clocks differ. */
const LEEWAY_MS = 60_000;

/**
 * The tokens without those of a platform that are none. Missing, broken or run out, they are no error:
 * the viewer signs in as without (`amazon-sso-cookbook-rest-api-v2`).
 */
export function withoutBroken(tokens: ViewerTokens): ViewerTokens {
  if (typeof tokens !== 'object' || tokens === null) return tokens;
  const isUsable = (token: unknown) => platformToken.safeParse(token).success && !isOver(token);
  const broken = PLATFORM.filter((name) => name in tokens && !isUsable(tokens[name]));
  return without(tokens, broken);
}

/** The same once they have lain: an encrypted one says nothing of its end, and may still be good. */
export function stillGood(tokens: ViewerTokens): ViewerTokens {
  return without(
    tokens,
    PLATFORM.filter((name) => isOver(tokens[name])),
  );
}

/** Whether somebody vouches for the viewer whose other apps and devices Adobe knows too. */
export function hasSingleSignOn(tokens: ViewerTokens = {}): boolean {
  return [...PLATFORM, 'serviceToken' as const].some((name) => tokens[name] !== undefined);
}

/** The visitor id alone: for what single sign-on must not touch. */
export function withoutSingleSignOn({ visitorIdentifier }: ViewerTokens): ViewerTokens {
  return visitorIdentifier === undefined ? {} : { visitorIdentifier };
}

function without(tokens: ViewerTokens, names: readonly (keyof ViewerTokens)[]): ViewerTokens {
  const kept = { ...tokens };
  for (const name of names) delete kept[name];
  return kept;
}

/** A signed token says when it ends; one that doesn't is for Adobe to judge. */
function isOver(token: unknown): boolean {
  const [, claims = '', signature, ...more] = typeof token === 'string' ? token.split('.') : [];
  if (signature === undefined || more.length > 0) return false;
  try {
    const told: unknown = JSON.parse(Buffer.from(claims, 'base64url').toString('utf8'));
    const { exp } = Object(told) as { exp?: unknown };
    return typeof exp === 'number' && exp * 1000 + LEEWAY_MS <= Date.now();
  } catch {
    return false;
  }
}

export type PartnerFrameworkStatus = z.infer<typeof partnerFrameworkStatusSchema>;
export type ViewerTokens = z.infer<typeof viewerTokensSchema>;

/** Of the account behind a Roku: sent in `AP-Device-Identifier` as it is (`roku-sso-cookbook-rest-api-v2`). */
export const rokuSubscriberIdSchema = z
  .string('give the subscriber id of the Roku account')
  .regex(/^[\x21-\x7e]{1,200}$/, 'give 1 to 200 characters without blanks');
