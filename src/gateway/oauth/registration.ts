import { z } from 'zod';
import { deviceFactsSchema } from '../../adobe-pass/index.ts';
import { SCOPES } from '../access-tokens.ts';
import type { Gateway, Http } from '../context.ts';
import { InvalidStatement, readStatement, type Statement } from '../statements.ts';
import { REGISTER } from './bodies.ts';
import { OAuthError, oauthErrorSchema } from './errors.ts';
import { AUTH_METHODS, DEVICE_CODE_GRANT, GRANT_TYPES, RESPONSE_TYPES } from './metadata.ts';

const factsSchema = z
  .object(deviceFactsSchema.shape, {
    error: 'say what the TV is, by model, version, osName, osVersion and connectionType',
  })
  .meta({
    id: 'DeviceFacts',
    description: 'What the TV is, as Adobe wants it in X-Device-Info',
  });

const requestSchema = z
  .looseObject({
    /** Whoever leaves it out is told so in words of its own (RFC 7591, section 3.2.2). */
    software_statement: z.string().max(8_000).optional(),
    device: factsSchema,
    token_endpoint_auth_method: z.enum(AUTH_METHODS).default('client_secret_basic'),
    grant_types: z.array(z.enum(GRANT_TYPES)).default([...GRANT_TYPES]),
    response_types: z.array(z.enum(RESPONSE_TYPES)).default([]),
    scope: z
      .string()
      .default('')
      .transform((scope) => scope.split(' ').filter(Boolean))
      .refine((scopes) => scopes.every((one) => SCOPES.some((known) => known === one)), {
        error: `use some of: ${SCOPES.join(' ')}`,
      })
      .transform((scopes) => (scopes.length > 0 ? scopes : [...SCOPES])),
    client_name: z.string().max(200).optional(),
  })
  .meta({
    id: 'ClientRegistrationRequest',
    description: 'One installation of an app',
    required: ['software_statement', 'device'],
  });

const responseSchema = z
  .object({
    client_id: z.string(),
    client_secret: z.string(),
    client_id_issued_at: z.number().int(),
    client_secret_expires_at: z
      .number()
      .int()
      .meta({ description: '0: it does not end (RFC 7591, section 3.2.1)' }),
    software_statement: z.string(),
    token_endpoint_auth_method: z.enum(AUTH_METHODS),
    grant_types: z.array(z.string()),
    response_types: z.array(z.string()),
    scope: z.string(),
    client_name: z.string().optional(),
    device: factsSchema,
    installation_id: z.string().meta({
      description: 'By this operators find the TV: show it where the app shows its version',
    }),
  })
  .meta({ id: 'ClientRegistration', description: 'The client: keep id and secret' });

/** It holds the facts, and each access token holds it: together they have to fit into one header. */
const MOST_CLIENT_ID_CHARACTERS = 4_000;

/** Dynamic client registration (RFC 7591): one client an installation of an app. */
export function addRegistration(app: Http, gateway: Gateway): void {
  app.post(
    REGISTER,
    {
      schema: {
        tags: ['oauth'],
        operationId: 'registerClient',
        summary: 'Dynamic client registration (RFC 7591)',
        description: 'Once for an installation of an app, which keeps what the answer says.',
        body: requestSchema,
        response: { 201: responseSchema, '4xx': oauthErrorSchema, '5xx': oauthErrorSchema },
      },
    },
    async (request, reply) => {
      const { software_statement: text, device, client_name: name, ...metadata } = request.body;
      const statement = await approved(gateway, text);
      const grantTypes = grantTypesOf(metadata.grant_types);
      const scopes = SCOPES.filter((scope) => metadata.scope.includes(scope));
      const { clientId, clientSecret, installation, issuedAt } = await gateway.clients.register(
        statement,
        device,
        {
          ...(grantTypes.length < GRANT_TYPES.length ? { grantTypes } : {}),
          ...(scopes.length < SCOPES.length ? { scopes } : {}),
        },
      );
      if (clientId.length > MOST_CLIENT_ID_CHARACTERS) {
        throw new OAuthError(
          'invalid_client_metadata',
          `device: its facts are too long together: leave out ${clientId.length - MOST_CLIENT_ID_CHARACTERS} characters`,
        );
      }
      await takeRegistration(gateway, statement, request.address.ip);
      return reply.code(201).send({
        client_id: clientId,
        client_secret: clientSecret,
        client_id_issued_at: issuedAt,
        client_secret_expires_at: 0,
        software_statement: text ?? '',
        token_endpoint_auth_method: metadata.token_endpoint_auth_method,
        response_types: [],
        grant_types: grantTypes,
        scope: scopes.join(' '),
        ...(name === undefined ? {} : { client_name: name }),
        device,
        installation_id: installation,
      });
    },
  );
}

/** The last question: what is refused for itself spends nothing. @throws OAuthError `slow_down` */
async function takeRegistration({ quotas }: Gateway, { id }: Statement, ip: string): Promise<void> {
  await quotas.upToDate();
  const retryAfter = quotas.registration(ip, id);
  if (retryAfter === undefined) return;
  throw new OAuthError('slow_down', 'too many registrations: wait', { status: 429, retryAfter });
}

/** None named: all. A sign-in that can't be refreshed would be worth ten minutes, so both go together. */
function grantTypesOf(wanted: readonly string[]): string[] {
  if (wanted.length === 0) return [...GRANT_TYPES];
  return GRANT_TYPES.filter(
    (known) =>
      wanted.includes(known) || (known === 'refresh_token' && wanted.includes(DEVICE_CODE_GRANT)),
  );
}

async function approved(gateway: Gateway, text: string | undefined): Promise<Statement> {
  if (text === undefined) {
    throw new OAuthError('invalid_software_statement', 'send a software_statement');
  }
  const { signed, trust, clients, settings } = gateway;
  try {
    const statement = await readStatement(text, { signed, trust, issuer: settings.issuer });
    if (statement.household !== undefined && !gateway.pass.knowsHouseholds) {
      throw new OAuthError(
        'invalid_software_statement',
        'the statement names a household, and this gateway knows none: set DEVICEPASS_SERVICE_TOKEN_ISSUER',
      );
    }
    if (trust.isRevoked(statement.id)) {
      throw new OAuthError(
        'unapproved_software_statement',
        'this version of the app is at its end: update it',
      );
    }
    if (clients.isBlocked(statement)) {
      throw new OAuthError('unapproved_software_statement', 'this installation is blocked');
    }
    return statement;
  } catch (error) {
    if (!(error instanceof InvalidStatement)) throw error;
    throw new OAuthError('invalid_software_statement', error.message);
  }
}
