import { inspect } from 'node:util';
import type { CredentialKind } from './credentials.ts';

interface Issued {
  kind: CredentialKind;
  expiresAt: number;
  /** What stands in `Authorization`; absent for `none`. */
  authorization?: string;
  /** For `x-api-key`, which the OpenAPI-based AEM APIs want. */
  apiKey?: string;
}

/**
 * What a request to AEM needs to be let in. It shows its kind and its end, never itself: neither
 * `console.log`, `JSON.stringify`, a template, nor a spread gives the token away.
 */
export class AccessToken {
  readonly #issued: Issued;
  readonly kind: CredentialKind;
  /** Epoch milliseconds; `Infinity` for Basic and none. */
  readonly expiresAt: number;

  constructor(issued: Issued) {
    this.#issued = issued;
    this.kind = issued.kind;
    this.expiresAt = issued.expiresAt;
  }

  /** Headers to add to the request. Secret. */
  headers(): { authorization?: string; 'x-api-key'?: string } {
    const { authorization, apiKey } = this.#issued;
    return {
      ...(authorization !== undefined && { authorization }),
      ...(apiKey !== undefined && { 'x-api-key': apiKey }),
    };
  }

  /** The bare token, empty for Basic and none. Secret. */
  reveal(): string {
    const { authorization = '' } = this.#issued;
    return authorization.startsWith('Bearer ') ? authorization.slice('Bearer '.length) : '';
  }

  toString(): string {
    const ends = Number.isFinite(this.expiresAt)
      ? ` until ${new Date(this.expiresAt).toISOString()}`
      : '';
    return `[access token by ${this.kind}${ends}]`;
  }

  toJSON(): string {
    return this.toString();
  }

  [inspect.custom](): string {
    return this.toString();
  }
}
