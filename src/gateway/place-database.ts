import { isIP } from 'node:net';
import { open, type Reader, type Response } from 'maxmind';
import { z } from 'zod';
import type { Place } from '../client.ts';
import { ConfigError } from '../config.ts';
import { shortName } from './places.ts';

const named = z.object({
  iso_code: z.string().optional(),
  names: z.record(z.string(), z.string()).optional(),
});

/** What databases of towns and those of countries have in common. */
const recordSchema = z.object({
  country: z.object({ iso_code: z.string().regex(/^[A-Z]{2}$/) }),
  subdivisions: z.array(named).optional(),
  city: named.optional(),
});

/** A file in MaxMind's format that knows where addresses are, as GeoLite2 City or DB-IP Country. */
export class PlaceDatabase {
  readonly #reader: Reader<Response>;

  private constructor(reader: Reader<Response>) {
    this.#reader = reader;
  }

  /**
   * Reads the whole file into memory: a newer one is used from the next start on.
   *
   * @throws ConfigError when the file can't be read, or is no database of places
   */
  static async open(file: string): Promise<PlaceDatabase> {
    let reader: Reader<Response>;
    try {
      reader = await open(file);
    } catch (error) {
      throw unusable(file, whyNot(error));
    }
    const { databaseType } = reader.metadata;
    if (!/city|country|enterprise|location/i.test(databaseType)) {
      throw unusable(file, `it knows no places, being ${databaseType}`);
    }
    return new PlaceDatabase(reader);
  }

  /** Undefined for an address that the database does not know. */
  find(ip: string): Place | undefined {
    // A tree of IPv4 would answer for the first bits of an IPv6 address.
    if (isIP(ip) === 6 && this.#reader.metadata.ipVersion === 4) return undefined;
    const { data } = recordSchema.safeParse(this.#record(ip));
    if (!data) return undefined;
    const [part] = data.subdivisions ?? [];
    const region = shortName(part?.iso_code ?? part?.names?.['en'] ?? '');
    const city = shortName(data.city?.names?.['en'] ?? '');
    return {
      country: data.country.iso_code,
      ...(region ? { region } : {}),
      ...(city ? { city } : {}),
    };
  }

  #record(ip: string): unknown {
    try {
      return this.#reader.get(ip);
    } catch {
      // Damage inside the file: the page goes without a place.
      return undefined;
    }
  }
}

function whyNot(error: unknown): string {
  if (!(error instanceof Error)) return 'it is no .mmdb file';
  const code = 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EACCES' || code === 'EISDIR') return `it can't be read (${code})`;
  return 'it is no .mmdb file, or half of one';
}

function unusable(file: string, why: string): ConfigError {
  const shown = JSON.stringify(file).slice(0, 120);
  const todo = 'give the path of a GeoLite2 or DB-IP database of towns or countries, unpacked';
  return new ConfigError(`GATEWAY_PLACE_DATABASE is ${shown}: ${why}: ${todo}`);
}
