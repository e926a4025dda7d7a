import { randomUUID } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Caller } from '../browsers.ts';
import { visitorOf } from '../visitors.ts';

/** Longer than any code lives; no longer than that is anybody known again. */
const MAX_AGE_S = 86_400;
const NAME = /^[0-9a-f-]{36}$/;

/** What a browser keeps so that it is counted once for a code. */
export class BrowserName {
  readonly #name: string;
  readonly #secure: boolean;

  constructor(issuer: string) {
    this.#secure = issuer.startsWith('https:');
    this.#name = this.#secure ? '__Host-browser' : 'browser';
  }

  /** Who asks; a browser without a name gets one. */
  callerOf(request: FastifyRequest, reply: FastifyReply): Caller {
    const { address, place, cookies } = request;
    const known = cookies[this.#name];
    const browser = known !== undefined && NAME.test(known) ? known : randomUUID();
    if (browser !== known) {
      reply.setCookie(this.#name, browser, {
        path: '/',
        httpOnly: true,
        sameSite: 'lax',
        secure: this.#secure,
        maxAge: MAX_AGE_S,
      });
    }
    return { ip: address.ip, place, browser, visitorIdentifier: visitorOf(request) };
  }
}
