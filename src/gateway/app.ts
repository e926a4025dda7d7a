import fastify, { type FastifyBaseLogger, LogController } from 'fastify';
import {
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod';
import { adobePassOrigins } from '../adobe-pass-hosts.ts';
import type { DevicePass } from '../client.ts';
import { createLogger, type Logger } from '../log.ts';
import type { KeyRing } from '../sealing/index.ts';
import { AccessTokens } from './access-tokens.ts';
import { addActivationPages } from './activation/index.ts';
import { addressOf } from './addresses.ts';
import { addApi } from './api/index.ts';
import { Problem, sendProblem } from './api/problem.ts';
import { answerBadAddress, answerClientError } from './client-errors.ts';
import { Clients } from './clients.ts';
import type { Gateway, Http } from './context.ts';
import { Counts } from './counts.ts';
import { Declines } from './declines.ts';
import { FarmCounts, hashedWith } from './farm-counts.ts';
import { Grants } from './grants.ts';
import { addHealth } from './health.ts';
import { addOAuth } from './oauth/index.ts';
import { addCors } from './plugins/cors.ts';
import { addFormbody } from './plugins/formbody.ts';
import { addHelmet, type Framing } from './plugins/helmet.ts';
import { addJsonBody } from './plugins/json-body.ts';
import { endConnectionsOnStop } from './plugins/stopping.ts';
import { addRateLimit } from './plugins/rate-limit.ts';
import { addSwagger } from './plugins/swagger.ts';
import { addUnderPressure } from './plugins/under-pressure.ts';
import { PlaceDatabase } from './place-database.ts';
import { placeOf } from './places.ts';
import { Quotas } from './quotas.ts';
import { logRefusals } from './refusals.ts';
import { logRequests } from './request-log.ts';
import type { GatewaySettings } from './settings.ts';
import { Signed } from './signed.ts';
import { Standings, type StandingsOptions } from './standings.ts';
import { TokenKeys } from './token-keys.ts';
import { Trust } from './trust.ts';
import { warnOfUntrustedProxies } from './untrusted-proxies.ts';

export interface GatewayOptions {
  settings: GatewaySettings;
  /** Made with `returnUrl` = issuer + `/return`, and with `adobePassUrl`. */
  pass: DevicePass;
  /** The workers' key ring. */
  sealingKeys: KeyRing;
  adobePassUrl: string;
  /** Where viewers may be sent to sign in. Default: Adobe's hosts of that environment. */
  adobePassOrigins?: readonly string[];
  /** @throws when Temporal can't be reached */
  ready: () => Promise<void>;
  logger?: Logger;
  standings?: StandingsOptions;
  /** How often event streams show that they live, in ms. Default 20,000: proxies end quiet ones. */
  heartbeatMs?: number;
  /** Who may show our pages in a frame. Default `none`. */
  framing?: Framing;
  /** Behind by more than this, the gateway sheds load. Default 1,000. */
  maxEventLoopDelayMs?: number;
}

/** More than any request of ours needs; facts, statements and tokens are the largest. */
const BODY_LIMIT = 64 * 1024;
/** Longer than proxies keep theirs, so that none sends into a connection that we just closed. */
const KEEP_ALIVE_MS = 72_000;
/** Beyond the budget of any call. */
const LONGEST_ANSWER_MS = 10_000;
/** Proxies end connections on which nothing happens, often after 60 s. */
const HEARTBEAT_MS = 20_000;

/**
 * The gateway: OAuth 2.0 and a JSON API for TVs, pages for viewers. It holds no state but memory
 * that its workflows fill again, so any gateway of a farm serves any TV.
 *
 * @throws ConfigError for a bad file of trust or of places
 */
export async function createGateway(options: GatewayOptions): Promise<Http> {
  const { settings, logger = createLogger('silent') } = options;
  const { placeDatabase } = settings;
  const places = placeDatabase ? await PlaceDatabase.open(placeDatabase) : undefined;
  const { gateway, drain, stop } = await gatewayOf(options, logger);
  const loggerInstance: FastifyBaseLogger = logger;
  const app: Http = fastify({
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_LIMIT,
    requestTimeout: settings.requestTimeoutMs,
    keepAliveTimeout: KEEP_ALIVE_MS,
    forceCloseConnections: 'idle',
    // Who got through while we stop is served: a 503 ends real OAuth clients.
    return503OnClosing: false,
    routerOptions: { maxParamLength: 200 },
    clientErrorHandler: answerClientError,
    frameworkErrors: answerBadAddress,
    schemaErrorFormatter: whatIsWrong,
    http: {
      headersTimeout: settings.requestTimeoutMs,
      requestTimeout: settings.requestTimeoutMs,
      connectionsCheckingInterval: 1_000,
      maxHeaderSize: 32 * 1024,
    },
  }).withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);

  app.decorateRequest('bearer', undefined);
  app.decorateRequest('address');
  app.decorateRequest('place', undefined);
  app.decorate('drain', drain);
  const warnOfProxy = warnOfUntrustedProxies(logger, settings);
  app.addHook('onRequest', async (request, reply) => {
    request.address = addressOf(request.raw, settings);
    request.place = placeOf(request.raw, settings) ?? places?.find(request.address.ip);
    warnOfProxy(request.raw);
    // What may be kept says so itself.
    reply.header('cache-control', 'no-store');
  });
  app.addHook('onSend', async (_request, reply) => {
    // Asked here, for requests that were under way too: a kept connection would hold up the stop.
    if (gateway.draining.aborted) reply.header('connection', 'close');
  });
  logRequests(app);
  app.setErrorHandler(sendProblem);
  app.setNotFoundHandler(() => {
    throw new Problem(404, 'not_found', 'there is no such address here: see /openapi.json');
  });

  addJsonBody(app);
  await addCors(app, settings.allowedOrigins);
  await addUnderPressure(app, options.maxEventLoopDelayMs);
  await addRateLimit(app, settings.requestsPerMinute);
  await addHelmet(app, settings.issuer, gateway.adobePassOrigins, options.framing);
  await addFormbody(app);
  await addSwagger(app, settings.issuer);
  await addOAuth(app, gateway);
  await addApi(app, gateway);
  await addActivationPages(app, gateway);
  addHealth(app, gateway);
  app.addHook('preClose', async () => stop());
  endConnectionsOnStop(app, Math.max(settings.requestTimeoutMs, LONGEST_ANSWER_MS));
  return app;
}

/** So many are told at once: a list of hundreds would help nobody. */
const MOST_ERRORS = 10;

/** All that is wrong with a request, so that a developer mends it in one go. */
function whatIsWrong(errors: { instancePath?: string; message?: string }[], part: string): Error {
  const lines = errors.slice(0, MOST_ERRORS).map(({ instancePath = '', message = 'wrong' }) => {
    const field = instancePath.slice(1).replaceAll('/', '.');
    return `${field || `the ${part}`}: ${message}`;
  });
  return new Error(lines.join('; '));
}

async function gatewayOf(
  options: GatewayOptions,
  logger: Logger,
): Promise<{ gateway: Gateway; drain: () => void; stop: () => void }> {
  const { settings, pass, sealingKeys, adobePassUrl, ready, standings, heartbeatMs } = options;
  const trust = new Trust(settings.statementsFile, (error) => logger.error(error.message));
  const signed = new Signed(settings.clientKeys);
  const clients = new Clients(signed, settings.clientKeys, trust);
  const tokenKeys = await TokenKeys.import(settings.tokenKeys);
  const draining = new AbortController();
  const stopping = new AbortController();
  const memory = new Standings(standings);
  const counts = new Counts({ named: hashedWith(settings.clientKeys.sealingKey.secret) });
  const farmCounts = new FarmCounts({ counts, tell: (report) => pass.tellSpent(report), logger });
  const gateway: Gateway = {
    settings,
    pass,
    sealingKeys,
    adobePassOrigins: options.adobePassOrigins ?? adobePassOrigins(adobePassUrl),
    trust,
    signed,
    clients,
    tokenKeys,
    grants: new Grants(signed),
    accessTokens: new AccessTokens(tokenKeys, clients, settings.issuer),
    standings: memory,
    quotas: new Quotas(settings.quota, {
      counts,
      upToDate: () => farmCounts.upToDate(),
      onRefused: logRefusals(logger),
    }),
    declines: new Declines(),
    draining: draining.signal,
    stopping: stopping.signal,
    heartbeatMs: heartbeatMs ?? HEARTBEAT_MS,
    ready,
  };
  const drain = () => draining.abort();
  const stop = () => {
    drain();
    stopping.abort();
    memory.stop();
    farmCounts.stop();
  };
  return { gateway, drain, stop };
}
