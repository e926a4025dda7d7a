import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Client } from '../clients.ts';
import type { Gateway } from '../context.ts';
import { OAuthError } from './errors.ts';

const POSTED = 'client_secret_post: id and secret in the form, where they are not sent by Basic';

interface PostedClient {
  client_id?: string | undefined;
  client_secret?: string | undefined;
}

/** The two parameters of `client_secret_post`. */
export const postedClient = {
  client_id: z.string().max(4_000).optional().meta({ description: POSTED }),
  client_secret: z.string().max(400).optional().meta({ description: POSTED }),
};

/** For `/openapi.json`: Basic, or nothing, for it has no word for credentials in a form. */
export const clientSecurity = [{ client: [] }, {}];

/**
 * Who asks, by `client_secret_basic` or `client_secret_post` (RFC 6749, section 2.3.1).
 *
 * @throws OAuthError `invalid_client`, `invalid_request`
 */
export async function authenticateClient(
  { clients }: Pick<Gateway, 'clients'>,
  { headers }: Pick<FastifyRequest, 'headers'>,
  posted: PostedClient,
): Promise<Client> {
  const challenge = headers.authorization !== undefined;
  if (challenge && posted.client_secret !== undefined) {
    throw new OAuthError('invalid_request', 'authenticate by one method only');
  }
  const given = challenge ? basic(headers.authorization ?? '') : fromBody(posted);
  if (given && challenge && posted.client_id !== undefined && posted.client_id !== given.id) {
    throw new OAuthError('invalid_request', 'client_id differs from the one in Authorization');
  }
  if (!given) {
    throw new OAuthError(
      'invalid_client',
      'send client_id and client_secret, by Basic or in the form',
      { challenge },
    );
  }
  const client = await clients.find(given.id);
  if (!client || !clients.hasSecret(client, given.secret)) {
    throw new OAuthError(
      'invalid_client',
      'register again: this client is not known or at an end',
      {
        challenge,
      },
    );
  }
  return client;
}

function fromBody({ client_id: id, client_secret: secret }: PostedClient) {
  return id === undefined || secret === undefined ? undefined : { id, secret };
}

/** Basic, with both parts form-encoded before they were joined. */
function basic(authorization: string): { id: string; secret: string } | undefined {
  const [, encoded] = /^basic +([A-Za-z0-9+/_=-]+) *$/i.exec(authorization) ?? [];
  const [, id, secret] = /^([^:]*):(.*)$/.exec(decoded(encoded ?? '')) ?? [];
  if (id === undefined || secret === undefined) return undefined;
  try {
    return { id: formDecoded(id), secret: formDecoded(secret) };
  } catch {
    return undefined; // a stray % is no form encoding
  }
}

function decoded(base64: string): string {
  return Buffer.from(base64, 'base64').toString('utf8');
}

function formDecoded(text: string): string {
  return decodeURIComponent(text.replaceAll('+', ' '));
}
