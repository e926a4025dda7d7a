import assert from 'node:assert/strict';
import { deviceFactsSchema } from '../../src/adobe-pass/index.ts';
import { DOCUMENTED, documented } from '../../src/adobe-pass/documented-names.ts';
import { headersFor } from '../../src/adobe-pass/headers.ts';
import { readDeviceInfo } from '../../src/sandbox/device-info.ts';
import { device } from './support.ts';

describe('what platforms call themselves', () => {
  const sent = (told: object) => documented(deviceFactsSchema.parse({ ...device.facts, ...told }));

  for (const [told, osName, osFamily, osVendor] of [
    ['Tizen', 'Linux', 'Tizen', 'Samsung'],
    ['Tizen 6.5', 'Linux', 'Tizen', 'Samsung'],
    ['Fire OS', 'Android', 'Android', 'Amazon'],
    ['FireOS 7', 'Android', 'Android', 'Amazon'],
    ['Vega OS', 'Linux', 'Linux', 'Amazon'],
    ['Android TV', 'Android', 'Android', 'Google'],
    ['Google TV', 'Android', 'Android', 'Google'],
    ['PlayStation', 'OpenBSD', 'PlayStation OS', 'Sony'],
    ['PlayStation OS', 'OpenBSD', 'PlayStation OS', 'Sony'],
    ['PS5', 'OpenBSD', 'PlayStation OS', 'Sony'],
    ['Xbox', 'Windows', 'Windows', 'Microsoft'],
    ['Windows 11', 'Windows', 'Windows', 'Microsoft'],
    ['webOS TV 6.0', 'webOS', 'webOS', 'LG'],
    ['Roku', 'Roku OS', 'Roku OS', 'Roku'],
    ['Apple TV', 'tvOS', 'tvOS', 'Apple'],
    ['tvOS 17', 'tvOS', 'tvOS', 'Apple'],
    ['iPadOS', 'iOS', 'iOS', 'Apple'],
    ['macOS', 'Mac OS', undefined, undefined],
    ['macOS 15', 'Mac OS', 'macOS', 'Apple'],
    ['Chromecast', 'Linux', 'Linux', 'Google'],
    ['ChromeOS', 'Chrome OS', undefined, undefined],
    ['WEBOS', 'webOS', undefined, undefined],
    ['tvos', 'tvOS', undefined, undefined],
    ['Vidaa', 'Linux', undefined, undefined],
    ['Something of 2031', 'Linux', undefined, undefined],
  ] as const) {
    it(`${told} is told as Adobe documents it: ${osName} [XDI-02]`, () => {
      const { osFamily: _f, osVendor: _v, ...facts } = device.facts;
      const info = documented(deviceFactsSchema.parse({ ...facts, osName: told }));
      assert.deepEqual([info.osName, info.osFamily, info.osVendor], [osName, osFamily, osVendor]);
    });
  }

  it('leaves documented values as they are', () => {
    assert.deepEqual(sent({}), device.facts);
    for (const [field, values] of Object.entries(DOCUMENTED)) {
      for (const value of values) {
        assert.equal(
          Object.entries(sent({ [field]: value })).find(([name]) => name === field)?.[1],
          value,
        );
      }
    }
  });

  it('believes what an app says itself of family and vendor', () => {
    const info = sent({ osName: 'Fire OS', osFamily: 'Linux', osVendor: 'Amazon.com, Inc.' });
    assert.deepEqual([info.osName, info.osFamily, info.osVendor], ['Android', 'Linux', 'Amazon']);
  });

  it('finds near values of the other restricted keys, or leaves them out', () => {
    const info = sent({
      primaryHardwareType: 'Smart TV',
      osVendor: 'Nobody & Sons',
      browserName: 'Chrome Mobile',
      browserVendor: 'Google LLC',
    });
    assert.deepEqual(
      [info.primaryHardwareType, info.osVendor, info.browserName, info.browserVendor],
      ['TV', undefined, 'Chrome', 'Google'],
    );
    for (const [told, type] of [
      ['set-top box', 'SetTopBox'],
      ['STB', 'SetTopBox'],
      ['Game Console', 'GamesConsole'],
      ['Streaming Stick', 'MediaPlayer'],
      ['toaster', 'Unknown'],
    ] as const) {
      assert.equal(sent({ primaryHardwareType: told }).primaryHardwareType, type, told);
    }
  });

  it('sends nothing that the sandbox, strict as Adobe is documented, refuses', () => {
    const { osFamily: _f, osVendor: _v, ...rest } = device.facts;
    for (const osName of ['Tizen', 'Fire OS', 'PlayStation', 'X', '操作系统']) {
      const facts = {
        ...rest,
        osName,
        osVendor: 'X',
        browserName: 'Silk',
        primaryHardwareType: 'X',
      };
      const headers = headersFor('createSession', {
        device: { ...device, facts },
        accessToken: 'x',
        deviceHeadersEverywhere: true,
      });
      const read = readDeviceInfo(String(headers['x-device-info']));
      assert.equal(typeof read, 'object', JSON.stringify(read));
    }
  });
});
