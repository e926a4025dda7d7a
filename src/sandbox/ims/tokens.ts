import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import type { Account } from './accounts.ts';

/** Whom a token stands for. */
export interface TokenInfo {
  clientId: string;
  /** The AEM user. */
  email: string;
  /** Epoch milliseconds. */
  expiresAt: number;
}

/** The access tokens of one sandbox. */
export class Tokens {
  readonly #key = randomBytes(32);
  readonly #issued = new Map<string, TokenInfo>();

  /** A token, in form a JWT whose claims are texts of milliseconds as those of IMS. */
  issue(
    { clientId, email }: Pick<Account, 'clientId' | 'email'>,
    { now, lifeMs }: { now: number; lifeMs: number },
  ): string {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const claims = {
      id: randomUUID(),
      type: 'access_token',
      client_id: clientId,
      user_id: email,
      as: 'ims-na1',
      created_at: String(now),
      expires_in: String(lifeMs),
    };
    const content = `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}`;
    const signature = createHmac('sha256', this.#key).update(content).digest('base64url');
    const token = `${content}.${signature}`;
    this.#issued.set(token, { clientId, email, expiresAt: now + lifeMs });
    return token;
  }

  /** Undefined for a token that isn't one, or has ended. */
  info(token: string, now: number): TokenInfo | undefined {
    const info = this.#issued.get(token);
    return info && info.expiresAt > now ? { ...info } : undefined;
  }

  /** Whom it stands or stood for. */
  known(token: string): TokenInfo | undefined {
    return this.#issued.get(token);
  }

  /** Every token out there has ended. */
  end(): void {
    for (const info of this.#issued.values()) info.expiresAt = 0;
  }

  all(): string[] {
    return [...this.#issued.keys()];
  }
}
