import { z } from 'zod';
import type { StreamingDevice } from './device.ts';
import { defined, lenient } from './fields.ts';
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
  /** Epoch milliseconds, by this machine's clock when the server's is far from it. */
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
  .object({
    client_id: z.string().min(1),
    client_secret: z.string().min(1),
    client_id_issued_at: lenient(z.number()),
  })
  .transform(({ client_id, client_secret, client_id_issued_at: issued }): ClientCredentials =>
    defined({
      clientId: client_id,
      clientSecret: client_secret,
      // Seconds, unlike every other time of this API.
      issuedAt: issued === undefined ? undefined : issued * 1000,
    }),
  );

const tokenSchema = z.object({
  access_token: z.string().min(1),
  /** Epoch milliseconds. */
  created_at: lenient(z.number()),
  /** Seconds. */
  expires_in: z.number().positive(),
});

// More than a clock's error or a slow answer explains: then created_at isn't what we think it is.
const maxSkewMs = 5 * 60_000;

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
      parse: (body) => credentialsSchema.parse(body),
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
      parse: (body): AccessToken => {
        const { access_token, created_at, expires_in } = tokenSchema.parse(body);
        const now = Date.now();
        const trusted = created_at !== undefined && Math.abs(created_at - now) <= maxSkewMs;
        const createdAt = trusted ? created_at : now;
        return { value: access_token, expiresAt: createdAt + expires_in * 1000 };
      },
    },
    call,
  );
}
