import { HttpFailure } from '../http/index.ts';
import { AccessToken } from './access-token.ts';
import { readGrant } from './answer.ts';
import { claimedExpiry } from './claims.ts';
import type { ImsCredentials } from './credentials.ts';
import { ImsError } from './errors.ts';
import { hostOf, imsOrigin } from './hosts.ts';
import { createJwtSigner } from './jwt.ts';
import type { Secret } from './secret.ts';
import type { Settings } from './options.ts';

/** Asks IMS once for a token, with one of the credential's secrets. */
export type Exchange = (clientSecret: Secret) => Promise<AccessToken>;

const dayMs = 24 * 3_600_000;

/**
 * The call that this credential needs: the JWT exchange (reference, 3) or the OAuth token endpoint
 * (4). Each call signs and builds anew.
 *
 * @throws ImsError `host_not_allowed` at once; the call rejects with an ImsError
 */
export function createExchange(credentials: ImsCredentials, settings: Settings): Exchange {
  const { http, clock, timeoutMs } = settings;
  const origin = imsOrigin(credentials.imsEndpoint, settings.allowedHosts);
  const call = endpoint(credentials, settings);
  const host = hostOf(credentials.imsEndpoint);

  return async (clientSecret) => {
    const { fields, secrets } = await call.form(clientSecret.reveal());
    // Counted from before the request, so that a slow answer can't make it look younger.
    const askedAt = clock.now();
    const answer = await http
      .send({
        url: new URL(call.path, origin),
        method: 'POST',
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          accept: 'application/json',
        },
        body: new URLSearchParams(fields).toString(),
        timeoutMs,
      })
      .catch((error: unknown) => {
        throw error instanceof HttpFailure ? networkError(error) : error;
      });
    const now = clock.now();
    const grant = readGrant(answer, { credentials, host, now, secrets });
    // A unit misread upwards would serve a dead token for years; none lives longer than a day.
    const byAnswer = askedAt + Math.min(grant.expiresIn * call.unitMs, dayMs);
    const byClaims = claimedExpiry(grant.accessToken) ?? Infinity;
    return new AccessToken({
      kind: credentials.kind,
      authorization: `Bearer ${grant.accessToken}`,
      // Its own claims are by the clock of IMS: if they say it came dead, the clock here is off.
      expiresAt: byClaims > now ? Math.min(byAnswer, byClaims) : byAnswer,
      ...(credentials.kind === 'developer-console-oauth' && { apiKey: credentials.clientId }),
    });
  };
}

interface Endpoint {
  path: string;
  /** Milliseconds that one of `expires_in` means. */
  unitMs: number;
  form(clientSecret: string): Promise<{ fields: Record<string, string>; secrets: string[] }>;
}

function endpoint(credentials: ImsCredentials, { clock }: Settings): Endpoint {
  const { clientId } = credentials;
  if (credentials.kind === 'service-jwt') {
    const sign = createJwtSigner(credentials);
    return {
      path: '/ims/exchange/jwt',
      unitMs: 1,
      async form(clientSecret) {
        const jwt = await sign(clock.now());
        const fields = { client_id: clientId, client_secret: clientSecret, jwt_token: jwt };
        return { fields, secrets: [clientSecret, jwt] };
      },
    };
  }
  // Commas, where RFC 6749 has spaces (reference, 4).
  const scope = credentials.scopes.join(',');
  return {
    path: '/ims/token/v3',
    unitMs: 1000,
    async form(clientSecret) {
      const base = { grant_type: 'client_credentials', client_id: clientId };
      return { fields: { ...base, client_secret: clientSecret, scope }, secrets: [clientSecret] };
    },
  };
}

/** The failure of a connection in the terms of this folder. */
export function networkError(failure: HttpFailure): ImsError {
  const { code, hop, host, hint, retryable, status, systemCode } = failure;
  return new ImsError({
    code,
    hop: `${hop === 'server' ? 'ims' : hop} ${host}`,
    hint,
    retryable,
    status,
    description: systemCode,
  });
}
