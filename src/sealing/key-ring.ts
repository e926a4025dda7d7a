import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';

/** One 256-bit key and the id that a sealed value names in its header. */
export interface SealingKey {
  readonly id: string;
  readonly secret: Uint8Array;
  /** A day (UTC, `2027-01-31`) until whose end it opens values from before bindings. */
  readonly unboundUntil?: string;
}

/** The text of `DEVICEPASS_KEYS` is not a key ring. The message never repeats a key. */
export class KeyRingError extends Error {
  override name = 'KeyRingError';
}

const KEY_BYTES = 32;
/** As `generate` makes ids: day and, since that alone told too little, UTC time. */
const MADE_AT = /^(\d{4}-\d\d-\d\d(?:-\d{9})?)-[0-9a-f]{4}$/;
const KEY_ID = /^[A-Za-z0-9._-]{1,40}$/;
const UNBOUND = /^unbound-until-(\d{4}-\d\d-\d\d)$/;
const DAY_MS = 24 * 3_600_000;

/**
 * Several keys: the first seals, all open. Written as `id:secret,id:secret`, the secrets as
 * base64url, so that it fits one environment variable. `id:secret:unbound-until-2027-01-31` names an
 * older key whose values from before bindings open until that day.
 *
 * A key may leave the ring only when no running workflow holds a value sealed with it.
 */
export class KeyRing {
  readonly #keys: readonly SealingKey[];

  /** @throws KeyRingError when there is no key, an id comes twice or a secret isn't 32 bytes. */
  constructor(keys: readonly SealingKey[]) {
    const ids = new Set<string>();
    for (const key of keys) {
      if (!KEY_ID.test(key.id)) {
        // Not repeated: whoever swaps id and secret would find the secret in the log.
        throw new KeyRingError('a key id is not 1 to 40 letters, digits, . _ or -');
      }
      if (ids.has(key.id)) throw new KeyRingError(`key id ${key.id} comes twice: ids must differ`);
      if (key.secret.length !== KEY_BYTES) {
        throw new KeyRingError(`key ${key.id} has ${key.secret.length} bytes: it must have 32`);
      }
      ids.add(key.id);
    }
    const [first] = keys;
    if (first === undefined) {
      throw new KeyRingError('no key: make one with `devicepass keys generate`');
    }
    if (first.unboundUntil !== undefined) {
      throw new KeyRingError(
        `key ${first.id} seals, so it may open no unbound values: put a new key first`,
      );
    }
    this.#keys = keys;
  }

  /**
   * @param source - Where the text comes from, as `DEVICEPASS_KEYS`, for the error to name
   * @throws KeyRingError when the text isn't a list of `id:secret`.
   */
  static parse(text: string, source?: string): KeyRing {
    try {
      return KeyRing.#parse(text);
    } catch (error) {
      if (source === undefined || !(error instanceof KeyRingError)) throw error;
      throw new KeyRingError(`${source}: ${error.message}`);
    }
  }

  static #parse(text: string): KeyRing {
    const entries = text.split(',').map((entry) => entry.trim());
    return new KeyRing(
      entries.filter(Boolean).map((entry, index) => {
        const [id, secret, mark, ...rest] = entry.split(':');
        if (!id || !secret || rest.length > 0 || (mark !== undefined && !isMark(mark))) {
          throw new KeyRingError(`entry ${index + 1} is not "id:secret" with a base64url secret`);
        }
        const unboundUntil = mark === undefined ? undefined : UNBOUND.exec(mark)?.[1];
        return {
          id,
          secret: new Uint8Array(Buffer.from(secret, 'base64url')),
          ...(unboundUntil === undefined ? {} : { unboundUntil }),
        };
      }),
    );
  }

  /** A ring of one fresh random key. The id is when it was made (UTC), and four random characters. */
  static generate(now = new Date()): KeyRing {
    const [day, time = ''] = now.toISOString().split('T');
    const id = `${day}-${time.replaceAll(/\D/g, '')}-${randomBytes(2).toString('hex')}`;
    return new KeyRing([{ id, secret: new Uint8Array(randomBytes(KEY_BYTES)) }]);
  }

  /** The key that seals. */
  get sealingKey(): SealingKey {
    const [first] = this.#keys;
    if (first === undefined) throw new KeyRingError('no key');
    return first;
  }

  /** The key with that id, if the ring has it. */
  find(id: string): SealingKey | undefined {
    return this.#keys.find((key) => key.id === id);
  }

  /**
   * Whether values that this key sealed before there were bindings still open. Only for the days in
   * which workflows of then are sealed anew: such a value can be moved by whoever can copy it.
   */
  opensUnbound(id: string, now = Date.now()): boolean {
    const until = this.find(id)?.unboundUntil;
    return until !== undefined && now < Date.parse(until) + DAY_MS;
  }

  /** Ids in ring order: the first one seals. */
  get ids(): string[] {
    return this.#keys.map((key) => key.id);
  }

  /** Step one of a rotation: a fresh key that every process can open with before any seals with it. */
  withNewKey(now = new Date()): KeyRing {
    return new KeyRing([...this.#keys, KeyRing.generate(now).sealingKey]);
  }

  /** Step two: the last key moves to the front and seals from now on. */
  withLastKeyFirst(): KeyRing {
    return this.withFirst(this.ids.at(-1) ?? '');
  }

  /** The key that was made last, by the times in the ids; undefined where those don't tell. */
  get newestKey(): SealingKey | undefined {
    const times = this.ids.map((id) => MADE_AT.exec(id)?.[1] ?? '');
    const latest = times.toSorted().at(-1) ?? '';
    const alone = times.indexOf(latest) === times.lastIndexOf(latest);
    return alone && !times.includes('') ? this.#keys[times.indexOf(latest)] : undefined;
  }

  /** The same keys, that one first: it seals. */
  withFirst(id: string): KeyRing {
    const first = this.#keys.filter((key) => key.id === id);
    return new KeyRing([...first, ...this.#keys.filter((key) => key.id !== id)]);
  }

  /** Without a key that nothing is sealed with any more. */
  without(id: string): KeyRing {
    return new KeyRing(this.#keys.filter((key) => key.id !== id));
  }

  /** The text for `DEVICEPASS_KEYS`. It is secret. */
  export(): string {
    return this.#keys
      .map(({ id, secret, unboundUntil }) => {
        const mark = unboundUntil === undefined ? '' : `:unbound-until-${unboundUntil}`;
        return `${id}:${Buffer.from(secret).toString('base64url')}${mark}`;
      })
      .join(',');
  }

  /** Keeps keys out of logs: `console.log(ring)` and `JSON.stringify` print ids only. */
  toJSON(): { keyIds: string[] } {
    return { keyIds: this.ids };
  }

  [inspect.custom](): string {
    return `KeyRing(${this.ids.join(', ')})`;
  }
}

function isMark(text: string): boolean {
  const [, day = ''] = UNBOUND.exec(text) ?? [];
  return !Number.isNaN(Date.parse(day));
}
