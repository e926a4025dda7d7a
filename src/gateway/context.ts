import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { DevicePass, Place } from '../client.ts';
import type { KeyRing } from '../sealing/index.ts';
import type { AccessTokens, Bearer } from './access-tokens.ts';
import type { Address } from './addresses.ts';
import type { Clients } from './clients.ts';
import type { Declines } from './declines.ts';
import type { Grants } from './grants.ts';
import type { Quotas } from './quotas.ts';
import type { GatewaySettings } from './settings.ts';
import type { Signed } from './signed.ts';
import type { Standings } from './standings.ts';
import type { TokenKeys } from './token-keys.ts';
import type { Trust } from './trust.ts';

/** Fastify whose routes are typed by the zod schemas that check them. */
export type Http = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;

/** What every route shares. */
export interface Gateway {
  settings: GatewaySettings;
  pass: DevicePass;
  /** Opens what Temporal holds sealed. */
  sealingKeys: KeyRing;
  /** The only places outside that we send a browser to. */
  adobePassOrigins: readonly string[];
  trust: Trust;
  signed: Signed;
  clients: Clients;
  grants: Grants;
  tokenKeys: TokenKeys;
  accessTokens: AccessTokens;
  standings: Standings;
  quotas: Quotas;
  declines: Declines;
  /** Aborts a while before: no longer ready, and connections end with their next answer. */
  draining: AbortSignal;
  /** Aborts when the gateway stops: streams end, TVs come back at another gateway. */
  stopping: AbortSignal;
  /** How often an event stream shows that it lives. */
  heartbeatMs: number;
  /** @throws when Temporal can't be reached */
  ready: () => Promise<void>;
}

declare module 'fastify' {
  interface FastifyInstance {
    /** The gateway is about to stop: `/readyz` says so, and everybody goes elsewhere by and by. */
    drain: () => void;
  }
  interface FastifyRequest {
    /** Where the request came from, by the rules for trusted proxies. */
    address: Address;
    /** Where it seems to have come from, if a CDN or a database tells. */
    place: Place | undefined;
    /** Of an API request that carried a valid access token. */
    bearer: Bearer | undefined;
  }
}
