import type { FastifyReply, FastifyRequest } from 'fastify';

/** As long as codes live. */
const MAX_AGE_S = 1_800;

/**
 * The code that this browser confirmed. A link from elsewhere can fill in a code, but not skip the
 * question whether it is the viewer's own (RFC 8628, section 5.4).
 */
export class ConfirmedCode {
  readonly #name: string;
  readonly #secure: boolean;

  constructor(issuer: string) {
    this.#secure = issuer.startsWith('https:');
    this.#name = this.#secure ? '__Host-tv' : 'tv';
  }

  of(request: FastifyRequest): string | undefined {
    return request.cookies[this.#name] || undefined;
  }

  /** @param code in Adobe's own spelling */
  remember(reply: FastifyReply, code: string): void {
    reply.setCookie(this.#name, code.slice(0, 40), {
      path: '/',
      httpOnly: true,
      // Lax: a viewer who comes back from the provider's page still has it.
      sameSite: 'lax',
      secure: this.#secure,
      maxAge: MAX_AGE_S,
    });
  }

  forget(reply: FastifyReply): void {
    reply.clearCookie(this.#name, { path: '/', secure: this.#secure });
  }
}
