import { z } from 'zod';

const text = z.string().trim().min(1);

/** `a,b`, `a, b`, `a b` or `['a', 'b']`: the consoles and aio write all of them. */
const names = z
  .union([z.string(), z.array(z.string())])
  .transform((given) => [given].flat().flatMap((name) => name.split(/[\s,]+/)))
  .transform((given) => [...new Set(given.filter(Boolean))])
  .pipe(z.array(z.string()).min(1));

/** A: `integration` of service credentials (reference, 1.1). */
export const serviceJwtShape = z.object({
  imsEndpoint: text,
  metascopes: names,
  technicalAccount: z.object({ clientId: text, clientSecret: text }),
  email: text.optional(),
  id: text,
  org: text,
  privateKey: text,
  publicKey: text.optional(),
});

/** B: `aem-s2s-credentials.json`, or `integration` of the full answer (1.2). */
export const aemOauthShape = z.object({
  imsEndpoint: text,
  scopes: names,
  technicalAccount: z.object({ clientId: text, clientSecret: text }),
  email: text.optional(),
  id: text.optional(),
  org: text.optional(),
  revoked: z.boolean().optional(),
});

/** C: an OAuth credential of an Adobe Developer Console project, as downloaded or for aio (1.3). */
export const developerConsoleShape = z.object({
  client_id: text,
  client_secrets: z.array(text).min(1),
  technical_account_id: text.optional(),
  technical_account_email: text.optional(),
  ims_org_id: text.optional(),
  org_id: text.optional(),
  scopes: names,
});

/** D: a local development token (1.4). */
export const localTokenShape = z.object({ accessToken: text });

/** For an AEM on the own machine; ours, as no console writes it. */
export const basicShape = z.object({ username: text, password: z.string() });

/** The paths that are missing or wrong, all of them, never a value. */
export function problemsOf(shape: z.ZodType, value: object, prefix: string): string[] {
  const paths = shape.safeParse(value).error?.issues.map((issue) => issue.path.join('.')) ?? [];
  return [...new Set(paths)].map((path) => `${prefix}${path}`);
}
