import { randomBytes, randomUUID } from 'node:crypto';
import type { Answer, Call } from './call.ts';
import { dcrRefusal } from './errors.ts';
import { formFields, jsonFields } from './request-body.ts';
import { verifyStatement } from './software-statement.ts';
import type { State } from './state.ts';

/** Of the APIs that the sandbox has: REST API V2 and "Reset TempPass". */
const known = ['api:client:v2', 'temporary:passes:owner'];
const malformed = () => dcrRefusal('invalid_request');

/** "Retrieve client credentials": a statement for a new client. */
export function register(call: Call, state: State): Answer {
  const body = jsonFields(call.text, ['software_statement', 'redirect_uri'], malformed);
  const statement = body['software_statement'];
  const redirectUri = body['redirect_uri'];
  if (typeof statement !== 'string' || statement === '') throw malformed();
  if (redirectUri !== undefined && typeof redirectUri !== 'string') throw malformed();
  if (redirectUri !== undefined && !URL.canParse(redirectUri)) {
    throw dcrRefusal('invalid_redirect_uri');
  }
  state.secrets.add(statement);
  const claims = verifyStatement(statement);
  if (claims === undefined) throw dcrRefusal('invalid_software_statement');
  // Statements made before V2 lack the scope and cannot be reused.
  const scopes = claims.scopes.filter((scope) => known.includes(scope));
  if (scopes.length === 0 || state.revokedStatements.has(statement)) {
    throw dcrRefusal('unapproved_software_statement');
  }
  const client = {
    id: randomUUID(),
    secret: randomBytes(24).toString('base64url'),
    statement,
    serviceProviders: claims.serviceProviders,
    scopes,
    revoked: false,
  };
  state.clients.set(client.id, client);
  state.secrets.add(client.secret);
  return {
    status: 201,
    json: {
      client_id: client.id,
      client_secret: client.secret,
      redirect_uris: redirectUri === undefined ? [] : [redirectUri],
      grant_types: ['client_credentials'],
      scopes,
      client_id_issued_at: Math.floor(Date.now() / 1000),
    },
  };
}

/** "Retrieve access token": 201, created in milliseconds, life in seconds. */
export function token(call: Call, state: State): Answer {
  const names = ['client_id', 'client_secret', 'grant_type'];
  const fields = formFields(call.text, names, malformed);
  if (names.some((name) => !fields[name])) throw malformed();
  if (fields['grant_type'] !== 'client_credentials') throw dcrRefusal('unsupported_grant_type');
  const secret = fields['client_secret'] ?? '';
  state.secrets.add(secret);
  const client = state.clients.get(fields['client_id'] ?? '');
  if (client === undefined || client.secret !== secret || client.revoked) {
    throw dcrRefusal('invalid_client');
  }
  const accessToken = randomBytes(48).toString('base64url');
  const createdAt = Date.now();
  const { accessTokenLifeMs } = state.settings;
  state.tokens.set(accessToken, {
    clientId: client.id,
    expiresAt: createdAt + accessTokenLifeMs,
  });
  state.secrets.add(accessToken);
  return {
    status: 201,
    json: {
      id: randomUUID(),
      access_token: accessToken,
      created_at: createdAt,
      expires_in: Math.ceil(accessTokenLifeMs / 1000),
      token_type: 'bearer',
    },
  };
}
