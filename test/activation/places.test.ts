import assert from 'node:assert/strict';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ConfigError } from '../../src/config.ts';
import { createGateway, readGatewaySettings } from '../../src/gateway/index.ts';
import { PlaceDatabase } from '../../src/gateway/place-database.ts';
import { type Farm, startFarm, Tv } from '../gateway/support.ts';
import { Visitor } from './visitor.ts';

const database = (name: string) => fileURLToPath(new URL(`./places/${name}`, import.meta.url));

const SPANISH = '192.0.2.7';
const GERMAN = '2001:db8:1::7';
const UNKNOWN = ['203.0.113.7', '2001:db8:2::7', '198.51.100.7'];

describe('a database of places', () => {
  let farm: Farm;
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'devicepass-places-'));
    farm = await startFarm({
      env: {
        GATEWAY_PLACE_HEADER: 'x-country,x-region,x-city',
        GATEWAY_PLACE_DATABASE: database('towns.mmdb'),
      },
    });
  });
  after(async () => {
    await farm?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** What the page says of a TV that asked with these headers. */
  async function asked(headers: Record<string, string>, language = 'en') {
    const tv = await Tv.registered(farm);
    const { body } = await tv.authorize({}, undefined, headers);
    const code = String(body['user_code']);
    const visitor = new Visitor(farm.url);
    await visitor.get('/activate');
    await visitor.submit({ user_code: code });
    const { text } = await visitor.get('/activate/provider', { 'accept-language': language });
    const known = await tv.send(`/v1/activation/${code}`);
    return { text, place: known.body['place'] };
  }

  it('names the town of an address, of either version', async () => {
    const spanish = await asked({ 'x-forwarded-for': SPANISH });
    assert.match(spanish.text, /Asked just now, near Málaga, Spain/);
    assert.deepEqual(spanish.place, { country: 'ES', region: 'AN', city: 'Málaga' });
    const german = await asked({ 'x-forwarded-for': GERMAN }, 'es');
    assert.match(german.text, /Solicitado ahora mismo, cerca de Augsburg, Alemania/);
    assert.deepEqual(german.place, { country: 'DE', region: 'Bavaria', city: 'Augsburg' });
  });

  it('is asked only where no header names the place', async () => {
    const named = await asked({ 'x-forwarded-for': SPANISH, 'x-country': 'FR', 'x-city': 'Lyon' });
    assert.match(named.text, /Asked just now, near Lyon, France/);
    assert.deepEqual(named.place, { country: 'FR', city: 'Lyon' });
    const unsure = await asked({ 'x-forwarded-for': SPANISH, 'x-country': 'XX' });
    assert.match(unsure.text, /Asked just now, near Málaga, Spain/);
  });

  for (const ip of UNKNOWN) {
    it(`lets the page say no place for an address of which it knows none: ${ip}`, async () => {
      const { text, place } = await asked({ 'x-forwarded-for': ip });
      assert.match(text, /Asked just now(?!, near)/);
      assert.equal(place, undefined);
    });
  }

  it('may know countries and IPv4 only', async () => {
    const countries = await PlaceDatabase.open(database('countries.mmdb'));
    assert.deepEqual(countries.find(SPANISH), { country: 'ES' });
    assert.equal(countries.find('32.1.13.7')?.country, 'US');
    assert.equal(countries.find('2001:db8::7'), undefined, 'its bits are not those of 32.1.13.184');
  });

  it('is refused at start in one line where it is of no use', async () => {
    const half = join(folder, 'half.mmdb');
    await writeFile(half, (await readFile(database('towns.mmdb'))).subarray(0, -40));
    const words = join(folder, 'words.mmdb');
    await copyFile(fileURLToPath(import.meta.url), words);
    const empty = join(folder, 'empty.mmdb');
    await writeFile(empty, '');
    for (const [file, why] of [
      [join(folder, 'none.mmdb'), 'there is no such file'],
      [folder, "it can't be read (EISDIR)"],
      [half, 'it is no .mmdb file, or half of one'],
      [words, 'it is no .mmdb file, or half of one'],
      [empty, 'it is no .mmdb file, or half of one'],
      [database('networks.mmdb'), 'it knows no places, being GeoLite2-ASN'],
    ] as const) {
      const starting = createGateway({
        settings: readGatewaySettings({ ...farm.env, GATEWAY_PLACE_DATABASE: file }),
        pass: farm.stack.pass,
        sealingKeys: farm.stack.keys,
        adobePassUrl: farm.stack.sandbox.url,
        ready: async () => {},
      });
      await assert.rejects(starting, (error) => {
        assert.ok(error instanceof ConfigError);
        assert.equal(
          error.message,
          `GATEWAY_PLACE_DATABASE is "${file}": ${why}: give the path of a GeoLite2 or DB-IP database of towns or countries, unpacked`,
        );
        return true;
      });
    }
  });
});
