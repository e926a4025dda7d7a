import type { FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import { DevicePassError, type Standing } from '../../client.ts';
import type { Client } from '../clients.ts';
import type { Gateway } from '../context.ts';
import { deviceOf } from '../devices.ts';
import { type DeviceCode, GRACE_MS } from '../grants.ts';
import { loggable } from '../request-log.ts';
import { NOT_NOW, OAuthError } from './errors.ts';
import type { Token, TokenRequest } from './token.ts';

/** A poll may come so much sooner than advertised: clocks and networks are not exact. */
const TOLERANCE = 0.5;

/** The device code grant (RFC 8628, section 3.4): polls, answered from memory. */
export class DeviceCodeGrant {
  readonly #gateway: Gateway;
  readonly #polledAt = new LRUCache<string, number>({ max: 200_000 });

  constructor(gateway: Gateway) {
    this.#gateway = gateway;
  }

  /** @throws OAuthError with the errors of RFC 8628, section 3.5 */
  async token(
    client: Client,
    { device_code: text }: TokenRequest,
    request: FastifyRequest,
  ): Promise<Token> {
    if (text === undefined) throw new OAuthError('invalid_request', 'send a device_code');
    const code = await this.#gateway.grants.readDeviceCode(text);
    if (!code || code.d !== client.device) {
      throw new OAuthError('invalid_grant', 'this device code was not issued to this client');
    }
    if (Date.now() > code.exp + GRACE_MS) throw expired();
    const standing = await this.#standing(client, code, request);
    // A result comes before any complaint about the interval.
    if (standing.status === 'signed-in') {
      if ((standing.grant ?? 0) !== code.n) throw expired();
      const { grants, accessTokens } = this.#gateway;
      return {
        access_token: await accessTokens.issue(client, code.scope, code.n),
        refresh_token: await grants.refreshToken(client, standing, code.scope),
        scope: code.scope,
      };
    }
    // Still behind: who follows it is about to be told. Until then we know of no end.
    if (standing.generation >= code.g) throwIfOver(code, standing);
    this.#keepPace(text);
    throw new OAuthError('authorization_pending', 'nobody has signed in yet: poll on');
  }

  /** From memory, unless that is older than the code: another gateway gave it out. */
  async #standing(client: Client, { g }: DeviceCode, request: FastifyRequest): Promise<Standing> {
    const { standings } = this.#gateway;
    const known = standings.known(client.device);
    if (known && known.generation < g) standings.doubt(client.device);
    try {
      return await standings.of(client.device, () => deviceOf(this.#gateway, client, request));
    } catch (error) {
      // A waiting TV must not give up because we are in trouble: real clients end at a 503.
      if (!(error instanceof DevicePassError) || !error.retryable) throw error;
      request.log.warn({ err: loggable(error) }, 'where the TV stands is not known now');
      throw new OAuthError('slow_down', NOT_NOW, { status: 429, retryAfter: 5 });
    }
  }

  /** Against what we advertised, and nothing that grows in secret. */
  #keepPace(text: string): void {
    const now = Date.now();
    const before = this.#polledAt.get(text);
    this.#polledAt.set(text, now);
    const least = this.#gateway.settings.pollIntervalS * 1000 * TOLERANCE;
    if (before !== undefined && now - before < least) {
      throw new OAuthError('slow_down', 'poll at the interval that was given');
    }
  }
}

/** Somebody said no. */
const DENIALS = new Map<string, string>([
  ['abandoned', 'the login was given up'],
  ['declined', 'the viewer declined the login'],
]);

/** The session that this code stands for has ended, one way or another. */
function throwIfOver(code: DeviceCode, standing: Exclude<Standing, { status: 'signed-in' }>): void {
  if (standing.status === 'signed-out' && DENIALS.has(standing.reason)) {
    throw new OAuthError('access_denied', DENIALS.get(standing.reason) ?? 'the login was denied');
  }
  const other = standing.status === 'signed-out' || standing.generation !== code.g;
  if (other || Date.now() >= code.exp) throw expired();
}

function expired(): OAuthError {
  return new OAuthError('expired_token', 'the code has ended: ask for a new one');
}
