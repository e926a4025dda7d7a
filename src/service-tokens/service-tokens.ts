import { randomUUID, createPublicKey, type KeyObject } from 'node:crypto';
import { inspect } from 'node:util';
import { errors, jwtVerify, SignJWT } from 'jose';
import { AUDIENCES } from './content.ts';
import { readPrivateKey, readPublicKeys, thumbprintOf } from './keys.ts';

export interface ServiceTokenOptions {
  /** `iss`: the identity service, by the name that Adobe knows. */
  issuer: string;
  /** PEM of an RSA key: then tokens are made here. */
  privateKey?: string;
  /** `kid` of that key. Default: its RFC 7638 thumbprint. */
  keyId?: string;
  /** `aud`: agree with Adobe, whose documents have both. Default `Adobe`. */
  audience?: (typeof AUDIENCES)[number];
  /** How long a token made here holds, in ms. Default an hour. */
  lifeMs?: number;
  /** PEM or JWKS: whose tokens are believed here when TVs bring them. The key above is too. */
  publicKeys?: string;
}

const LIFE_MS = 3_600_000;

/** Whom a household is known by. */
export interface Subject {
  issuer: string;
  subject: string;
}

/**
 * The tokens by which Adobe knows that devices have one viewer (`AD-Service-Token`): makes them, and
 * tells which of those that TVs bring may be believed.
 */
export class ServiceTokens {
  readonly issuer: string;
  /** Whether tokens are made here. */
  readonly makes: boolean;
  readonly #key: { privateKey: KeyObject; id: string } | undefined;
  readonly #believed: readonly KeyObject[];
  readonly #audience: string;
  readonly #lifeMs: number;

  /** @throws ServiceTokenKeyError for a key that can't be used */
  constructor({ issuer, privateKey, keyId, publicKeys, ...rest }: ServiceTokenOptions) {
    this.issuer = issuer;
    this.#audience = rest.audience ?? AUDIENCES[0];
    this.#lifeMs = rest.lifeMs ?? LIFE_MS;
    const key = privateKey === undefined ? undefined : readPrivateKey(privateKey);
    this.#key = key && { privateKey: key, id: keyId ?? thumbprintOf(createPublicKey(key)) };
    this.#believed = [
      ...(key ? [createPublicKey(key)] : []),
      ...(publicKeys === undefined ? [] : readPublicKeys(publicKeys)),
    ];
    this.makes = key !== undefined;
  }

  /** A fresh one of a subject. @throws Error where none are made */
  async make(subject: string): Promise<string> {
    if (!this.#key) throw new Error('there is no key to sign service tokens with');
    const { privateKey, id } = this.#key;
    const now = Math.floor(Date.now() / 1000);
    return new SignJWT()
      .setProtectedHeader({ alg: 'RS256', kid: id, typ: 'JWT' })
      .setIssuer(this.issuer)
      .setSubject(subject)
      .setAudience(this.#audience)
      .setIssuedAt(now)
      .setExpirationTime(now + Math.floor(this.#lifeMs / 1000))
      .setJti(randomUUID())
      .sign(privateKey);
  }

  /**
   * Whose token that is. Undefined for one that nobody signed whom we believe, that is over, or of
   * another issuer: such a one says nothing of whose TV it is.
   */
  async verified(token: string): Promise<Subject | undefined> {
    const { issuer } = this;
    for (const key of this.#believed) {
      try {
        const { payload } = await jwtVerify(token, key, {
          algorithms: ['RS256'],
          issuer,
          audience: [...AUDIENCES],
          requiredClaims: ['sub', 'iat', 'exp'],
        });
        const { sub: subject } = payload;
        return subject ? { issuer, subject } : undefined;
      } catch (error) {
        if (!(error instanceof errors.JOSEError || error instanceof TypeError)) throw error;
      }
    }
    return undefined;
  }

  /** Keeps keys out of logs. */
  toJSON(): object {
    return { issuer: this.issuer, makes: this.makes, believes: this.#believed.length };
  }

  [inspect.custom](): string {
    return `ServiceTokens(${this.issuer})`;
  }
}
