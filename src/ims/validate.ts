import { z } from 'zod';
import { HttpFailure } from '../http/index.ts';
import type { AccessToken } from './access-token.ts';
import type { Credentials } from './credentials.ts';
import { ImsError } from './errors.ts';
import { networkError } from './exchange.ts';
import { hostOf, imsOrigin } from './hosts.ts';
import { parseJson } from './json.ts';
import type { Settings } from './options.ts';

/** What IMS says of a token. */
export interface Validity {
  valid: boolean;
  /** IMS's word for why not. */
  reason?: string | undefined;
}

const validity = z.object({ valid: z.boolean(), reason: z.string().optional() });

/**
 * Asks `validate_token/v1`, an endpoint that Adobe's own client uses and no page describes
 * (reference, 3.3). Undefined for tokens that no client id belongs to.
 *
 * @throws ImsError when IMS gives no clear word
 */
export async function validateToken(
  token: AccessToken,
  credentials: Credentials,
  { http, allowedHosts, timeoutMs }: Settings,
): Promise<Validity | undefined> {
  if (!('clientId' in credentials)) return undefined;
  const { clientId, imsEndpoint } = credentials;
  const form = new URLSearchParams({ type: 'access_token', client_id: clientId });
  const answer = await http
    .send({
      url: new URL('/ims/validate_token/v1', imsOrigin(imsEndpoint, allowedHosts)),
      method: 'POST',
      headers: {
        authorization: `Bearer ${token.reveal()}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: form.toString(),
      timeoutMs,
    })
    .catch((error: unknown) => {
      throw error instanceof HttpFailure ? networkError(error) : error;
    });
  const said = validity.safeParse(parseJson(answer.text));
  if (said.success) return said.data;
  throw new ImsError({
    code: 'invalid_response',
    hop: `ims ${hostOf(imsEndpoint)}`,
    status: answer.status,
    hint: 'the validation endpoint is optional: go on without it',
    retryable: answer.status === 429 || answer.status >= 500,
  });
}
