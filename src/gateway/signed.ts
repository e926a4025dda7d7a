import { compactVerify, CompactSign, decodeProtectedHeader, errors } from 'jose';
import { LRUCache } from 'lru-cache';
import type { z } from 'zod';
import type { KeyRing } from '../sealing/index.ts';

/** What a signed value is for: one kind never passes for another. */
export type Kind = 'client' | 'statement' | 'device-code' | 'refresh' | 'stream';

/** How the header of a signed value names its kind. */
export function typeOf(kind: Kind): string {
  return `devicepass-${kind}`;
}

/** Verified values are remembered, so that a poll costs no cryptography. */
const REMEMBERED = 100_000;
/** All together at most, for what strangers register may be long. */
const REMEMBERED_CHARACTERS = 64_000_000;

/**
 * Signs and checks values that TVs hold for us, as compact JWS (RFC 7515, HS256). No database: any
 * gateway with the same keys can check them. The same content always gives the same text.
 */
export class Signed {
  readonly #ring: KeyRing;
  readonly #known = new LRUCache<string, object>({
    max: REMEMBERED,
    maxSize: REMEMBERED_CHARACTERS,
    sizeCalculation: (_content, text) => text.length,
  });

  constructor(ring: KeyRing) {
    this.#ring = ring;
  }

  async sign(kind: Kind, content: object): Promise<string> {
    const { id, secret } = this.#ring.sealingKey;
    return new CompactSign(new TextEncoder().encode(JSON.stringify(content)))
      .setProtectedHeader({ alg: 'HS256', kid: id, typ: typeOf(kind) })
      .sign(secret);
  }

  /** The content, or undefined for whatever we did not sign, or signed for another purpose. */
  async read<T extends z.ZodType<object>>(
    kind: Kind,
    schema: T,
    text: string,
  ): Promise<z.output<T> | undefined> {
    const remembered = `${kind} ${text}`;
    const known = this.#known.get(remembered);
    if (known) return known as z.output<T>;
    const content = await this.#verified(kind, text);
    const parsed = schema.safeParse(content);
    if (!parsed.success) return undefined;
    this.#known.set(remembered, parsed.data);
    return parsed.data;
  }

  async #verified(kind: Kind, text: string): Promise<unknown> {
    try {
      const { kid, typ } = decodeProtectedHeader(text);
      const key = kid === undefined ? undefined : this.#ring.find(kid);
      if (!key || typ !== typeOf(kind)) return undefined;
      const { payload } = await compactVerify(text, key.secret, { algorithms: ['HS256'] });
      return JSON.parse(new TextDecoder().decode(payload));
    } catch (error) {
      // A JOSEError: changed. A TypeError or SyntaxError: never one of ours.
      if (isMalformed(error)) return undefined;
      throw error;
    }
  }
}

function isMalformed(error: unknown): boolean {
  return (
    error instanceof errors.JOSEError || error instanceof TypeError || error instanceof SyntaxError
  );
}
