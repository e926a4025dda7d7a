import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { isObject, parseJson } from './base64.ts';
import { serviceProviders } from './catalog.ts';
import { overview } from './controls.ts';
import type { Controls } from './controls.ts';
import { frameworkAnswer } from './partner-framework.ts';
import { verifyMediaToken } from './media-token.ts';
import { send } from './send.ts';
import type { Serving } from './serve-operations.ts';
import { signStatement } from './software-statement.ts';

type Body = Record<string, unknown>;
type Action = (body: Body) => unknown;

const text = z.string().min(1);
const degradation = z.strictObject({
  mvpd: text,
  kind: z.enum(['AuthNAll', 'AuthZAll', 'AuthZNone']),
  serviceProvider: text.optional(),
  message: text.optional(),
});
const lifted = z.strictObject({ mvpd: text.optional(), serviceProvider: text.optional() });
const encryption = z.strictObject({
  mvpd: text,
  certificate: text,
  scheme: z.enum(['rsa-oaep', 'rsa-oaep-256', 'rsa-pkcs1', 'jwe']).default('rsa-oaep'),
  attributes: z.array(text).default(['zip']),
  odd: z.boolean().default(false),
});

const platformToken = z.strictObject({
  platform: z.enum(['amazon', 'roku']),
  subject: text,
  form: z.enum(['jws', 'jwe']).optional(),
  expiresInMs: z.number().int().optional(),
  broken: z.boolean().optional(),
});
const serviceTokenKey = z.strictObject({ publicKey: text, kid: text.optional() });
const serviceTokenSso = z.strictObject({ mvpd: text, enabled: z.boolean().default(true) });
const ofMvpd = z.strictObject({ mvpd: text.optional() });
const partnerSso = z.strictObject({
  fallback: z
    .enum(['pfs_fallback', 'configuration_fallback', 'missing_parameters_fallback'])
    .exactOptional(),
  profileLifeMs: z.number().int().min(0).exactOptional(),
});

const frameworkQuestion = z.strictObject({ request: text, username: text.exactOptional() });

const mediaTokenQuestion = z.strictObject({
  token: text,
  resource: text,
  serviceProvider: text.optional(),
});

/** `/_sandbox/`: the controls over HTTP. Bad input is a 400 of one clear line. */
export function serveControlApi(
  app: FastifyInstance,
  { state, faults, requests }: Serving,
  controls: Controls & { reset(): void },
): void {
  const actions: Record<string, Action> = {
    'GET state': () => ({ ...overview(state), faults: faults.list(), requests: requests.length }),
    'GET requests': () => requests,
    'GET software-statement': ({ serviceProvider }) => ({
      software_statement: signStatement(
        serviceProvider === undefined ? {} : { serviceProviders: [knownChannel(serviceProvider)] },
      ),
    }),
    'POST faults': (body) => faults.set(body),
    'DELETE faults': () => faults.clear(),
    'POST expire-tokens': () => controls.expireAccessTokens(),
    'POST revoke-clients': () => controls.revokeClients(),
    'POST revoke-statement': (body) =>
      controls.revokeStatement(read(z.strictObject({ statement: text }), body).statement),
    'POST end-profiles': () => controls.endProfiles(),
    'POST end-session': (body) =>
      controls.endSession(read(z.strictObject({ code: text }), body).code),
    'POST invalidate-session': (body) =>
      controls.invalidateSession(read(z.strictObject({ code: text }), body).code),
    'POST invalidate-profiles': (body) => controls.invalidateProfiles(read(ofMvpd, body).mvpd),
    'POST end-mvpd-sessions': (body) => controls.endMvpdSessions(read(ofMvpd, body).mvpd),
    'POST use-up-trials': () => controls.useUpTrials(),
    'POST degradations': (body) => controls.degrade(read(degradation, body)),
    'DELETE degradations': (query) => controls.undegrade(read(lifted, query)),
    'POST partner-sso': (body) => controls.partnerSso(read(partnerSso, body)),
    'POST partner-framework': (body) => ({
      samlResponse: frameworkAnswer(read(frameworkQuestion, body)),
    }),
    'POST verify-media-token': (body) => verifyMediaToken(read(mediaTokenQuestion, body)),
    'POST platform-tokens': (body) => ({
      token: controls.platformToken(read(platformToken, body)),
    }),
    'POST metadata-certificates': (body) => controls.encryptMetadata(read(encryption, body)),
    'POST service-token-keys': (body) => {
      const { kid, ...key } = read(serviceTokenKey, body);
      controls.registerServiceTokenKey({ ...key, ...(kid === undefined ? {} : { kid }) });
    },
    'POST service-token-sso': (body) => controls.switchServiceTokenSso(read(serviceTokenSso, body)),
    'POST traps': (body) => controls.setTraps(read(z.strictObject({ on: z.boolean() }), body).on),
    'POST reset': () => controls.reset(),
  };
  app.get('/_sandbox/', async (_request, reply) => send(reply, { status: 200, json: PATHS }));
  for (const [name, action] of Object.entries(actions)) {
    const [method = '', path = ''] = name.split(' ');
    app.route({
      method,
      url: `/_sandbox/${path}`,
      handler: async (request, reply) => {
        try {
          const input =
            method === 'POST'
              ? bodyOf(request.body)
              : Object.fromEntries(new URL(request.url, 'http://sandbox').searchParams);
          return await send(reply, { status: 200, json: action(input) ?? { done: true } });
        } catch (error) {
          const problem = error instanceof Error ? error.message : String(error);
          return send(reply, { status: 400, json: { error: problem } });
        }
      },
    });
  }
}

/** What `GET /_sandbox/` answers: each path with what it does. */
const PATHS: Record<string, string> = {
  'GET /_sandbox/state': 'registrations, sessions, profiles, faults in force',
  'GET /_sandbox/requests': 'every request so far',
  'GET /_sandbox/software-statement': 'a software statement; ?serviceProvider= for another channel',
  'POST /_sandbox/faults': 'adds a fault, as {"operation":"authorize","kind":"html-429"}',
  'DELETE /_sandbox/faults': 'removes all faults',
  'POST /_sandbox/expire-tokens': 'ends all access tokens',
  'POST /_sandbox/revoke-clients': 'forgets all registrations',
  'POST /_sandbox/revoke-statement': 'revokes {"statement":"..."}',
  'POST /_sandbox/end-profiles': 'ends all profiles',
  'POST /_sandbox/end-session': 'ends the session of {"code":"..."}',
  'POST /_sandbox/invalidate-session': 'as if the MVPD ended the session of {"code":"..."}',
  'POST /_sandbox/invalidate-profiles':
    'ends profiles before their time; {"mvpd":"..."}: only its own',
  'POST /_sandbox/end-mvpd-sessions':
    'decisions ask to sign in again, profiles are still shown; {"mvpd":"..."}: only its own',
  'POST /_sandbox/use-up-trials': 'uses up the time of every TempPass that has begun',
  'POST /_sandbox/degradations':
    'degrades {"mvpd":"SkyDish","kind":"AuthNAll"}, also with "serviceProvider", "message"',
  'DELETE /_sandbox/degradations': 'ends degradations: all, or those of ?mvpd=&serviceProvider=',
  'POST /_sandbox/partner-sso': 'switches: {"fallback":"configuration_fallback"}; {} for none',
  'POST /_sandbox/partner-framework':
    'Apple’s framework: {"request":"..."} of a sign-in gives its samlResponse',
  'POST /_sandbox/verify-media-token':
    'side-car for media tokens: {"token":"...","resource":"..."}',
  'POST /_sandbox/platform-tokens':
    'a token: {"platform":"amazon" or "roku","subject":"me","form":"jwe","broken":true}',
  'POST /_sandbox/metadata-certificates':
    'encrypts metadata: {"mvpd":"RiverFiber","certificate":"PEM","scheme":"rsa-oaep"}',
  'POST /_sandbox/service-token-keys':
    'public key of an identity service: {"publicKey":"PEM","kid":"..."}',
  'POST /_sandbox/service-token-sso':
    'single sign-on by service tokens: {"mvpd":"NorthCable","enabled":true}',
  'POST /_sandbox/traps':
    '{"on":true}: answers have what samples and pages contradict each other in',
  'POST /_sandbox/reset': 'starts afresh',
};

function knownChannel(id: unknown): string {
  if (typeof id === 'string' && serviceProviders.has(id)) return id;
  throw new Error(`no such serviceProvider; there are ${[...serviceProviders.keys()].join(', ')}`);
}

function bodyOf(body: unknown): Body {
  if (typeof body !== 'string' || body === '') return {};
  const parsed = parseJson(body);
  if (!isObject(parsed)) throw new Error('the body is not a JSON object');
  return parsed;
}

function read<T>(schema: z.ZodType<T>, body: Body): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new Error(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'invalid'}`);
}
