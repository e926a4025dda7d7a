import { z } from 'zod';
import { aheadOf } from './adobe-clock.ts';
import type { StreamingDevice } from './device.ts';
import { defined, moment, text } from './fields.ts';
import type { Call } from './operation.ts';
import { form } from './paths.ts';
import type { Send } from './transport.ts';

/** What registering an app instance yields. Never expires; losing it signs the viewer out. */
export interface ClientCredentials {
  clientId: string;
  clientSecret: string;
  /** Epoch milliseconds. */
  issuedAt?: number;
}

/** Opaque bearer token. */
export interface AccessToken {
  value: string;
  /** Epoch milliseconds, by our own clock. */
  expiresAt: number;
}

/** What one app installation registers with. The software statement is secret. */
export interface RegisterInput {
  softwareStatement: string;
  redirectUri?: string;
  device: StreamingDevice;
}

/** What an access token is made from; the device goes along as headers. */
export interface AccessTokenInput {
  credentials: ClientCredentials;
  device: StreamingDevice;
}

const credentialsSchema = z
  .object({ client_id: text, client_secret: text, client_id_issued_at: moment })
  .transform(({ client_id, client_secret, client_id_issued_at: issuedAt }, context) => {
    if (client_id === undefined || client_secret === undefined) {
      const path = [client_id === undefined ? 'client_id' : 'client_secret'];
      context.addIssue({ code: 'custom', path });
      return z.NEVER;
    }
    return defined({ clientId: client_id, clientSecret: client_secret, issuedAt });
  });

const tokenSchema = z.object({
  access_token: z.string().min(1),
  created_at: moment,
  /** Seconds. */
  expires_in: text.transform(Number).pipe(z.number().positive()).optional().catch(undefined),
});

/** Where no life can be told; a token that ends before is answered by 401, and renewed then. */
const USUAL_LIFE_S = 3600;
const LONGEST_LIFE_S = 30 * 24 * 3600;
/** More than a slow answer explains, as half a life is: then created_at is by some other clock. */
const OLDEST_MS = 5 * 60_000;

/** Registers an app instance (`dynamic-client-registration-apis-retrieve-client-credentials`). */
export function register(send: Send, input: RegisterInput, call?: Call) {
  const { softwareStatement, redirectUri, device } = input;
  return send(
    {
      operation: 'register',
      method: 'POST',
      path: '/o/client/register',
      device,
      body: JSON.stringify({ software_statement: softwareStatement, redirect_uri: redirectUri }),
      secrets: [softwareStatement],
      goodPart: 'client_id',
      parse: (body): ClientCredentials => credentialsSchema.parse(body),
    },
    call,
  );
}

/**
 * Gets a token with stored credentials. Its life is `expires_in`, whatever prose says about 24 h
 * (`dynamic-client-registration-apis-retrieve-access-token`).
 */
export function accessToken(send: Send, input: AccessTokenInput, call?: Call) {
  const { clientId, clientSecret } = input.credentials;
  return send(
    {
      operation: 'token',
      method: 'POST',
      path: '/o/client/token',
      device: input.device,
      body: form({
        client_id: clientId,
        client_secret: clientSecret,
        grant_type: 'client_credentials',
      }),
      secrets: [clientSecret],
      goodPart: 'access_token',
      parse: (body, { at, date = at, note }): AccessToken => {
        const { access_token: value, created_at: createdAt, ...read } = tokenSchema.parse(body);
        if (read.expires_in === undefined) note("expires_in can't be read");
        const lifeS = Math.min(read.expires_in ?? USUAL_LIFE_S, LONGEST_LIFE_S);
        const ageMs = createdAt === undefined ? 0 : at + aheadOf(date, at) - createdAt;
        const trusted = ageMs > 0 && ageMs <= Math.min(OLDEST_MS, lifeS * 500);
        return { value, expiresAt: at - (trusted ? ageMs : 0) + lifeS * 1000 };
      },
    },
    call,
  );
}
