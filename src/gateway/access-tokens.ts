import { randomUUID } from 'node:crypto';
import { errors, jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import type { Client, Clients } from './clients.ts';
import type { TokenKeys } from './token-keys.ts';

/** `device`: for a TV whoever watches; `tv`: for the viewer who is signed in. */
export const SCOPES = ['device', 'tv'] as const;
export type Scope = (typeof SCOPES)[number];

export const ACCESS_TOKEN_LIFE_S = 600;

const claimsSchema = z.object({
  client_id: z.string(),
  scope: z.string(),
  grant: z.number().optional(),
  exp: z.number(),
});

/** Whom a valid access token stands for. */
export interface Bearer {
  client: Client;
  scopes: string[];
  /** ms since the epoch */
  expiresAt: number;
  /** The grant that a viewer's token came from. */
  grant?: number;
}

/** Access tokens as JWTs (RFC 9068): ES256, ten minutes, checked without asking anybody. */
export class AccessTokens {
  readonly #keys: TokenKeys;
  readonly #clients: Clients;
  readonly #issuer: string;

  constructor(keys: TokenKeys, clients: Clients, issuer: string) {
    this.#keys = keys;
    this.#clients = clients;
    this.#issuer = issuer;
  }

  async issue(client: Client, scope: string, grant?: number): Promise<string> {
    const { kid, privateKey } = this.#keys.signing;
    // Without a viewer the subject is the client (RFC 9068, section 5: the two never look alike).
    const subject = scope === 'device' ? 'device' : 'viewer';
    return new SignJWT({
      client_id: client.id,
      scope,
      ...(grant === undefined ? {} : { grant }),
    })
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid })
      .setIssuer(this.#issuer)
      .setAudience(this.#issuer)
      .setSubject(`${subject}:${client.device}`)
      .setIssuedAt()
      .setExpirationTime(`${ACCESS_TOKEN_LIFE_S} s`)
      .setJti(randomUUID())
      .sign(privateKey);
  }

  /** Undefined for whatever is not a valid token of ours, and for a client that is at an end. */
  async read(token: string): Promise<Bearer | undefined> {
    try {
      const { payload } = await jwtVerify(token, (header) => this.#keyOf(header.kid), {
        issuer: this.#issuer,
        audience: this.#issuer,
        typ: 'at+jwt',
        algorithms: ['ES256'],
        requiredClaims: ['exp', 'sub', 'jti'],
      });
      const { client_id, scope, grant, exp } = claimsSchema.parse(payload);
      const client = await this.#clients.find(client_id);
      if (!client) return undefined;
      return {
        client,
        scopes: scope.split(' '),
        expiresAt: exp * 1000,
        ...(grant === undefined ? {} : { grant }),
      };
    } catch (error) {
      if (error instanceof errors.JOSEError || error instanceof z.ZodError) return undefined;
      throw error;
    }
  }

  #keyOf(kid: string | undefined) {
    const key = this.#keys.find(kid);
    if (!key) throw new errors.JWKSNoMatchingKey();
    return key;
  }
}
