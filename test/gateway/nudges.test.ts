import assert from 'node:assert/strict';
import { DevicePassError } from '../../src/client.ts';
import { Codes } from '../../src/gateway/codes.ts';
import type { Gateway } from '../../src/gateway/context.ts';
import { Returned } from '../../src/gateway/returned.ts';

/** A gateway with as much as these parts use of it. */
function gatewayWith(parts: object): Gateway {
  const settings = { issuer: 'https://tv.example.com' };
  return { settings, adobePassOrigin: 'https://adobe.example', ...parts } as unknown as Gateway;
}

const unlimited = { nudge: () => undefined };

describe("the browser's return", () => {
  it('is told once when the page is loaded again and again', async () => {
    const told: string[] = [];
    const browserReturned = async (url: string) => {
      told.push(url);
    };
    const returned = new Returned(gatewayWith({ pass: { browserReturned }, quotas: unlimited }));
    for (let loads = 0; loads < 5; loads += 1) await returned.nudge('/return?device=a');
    await returned.nudge('/return?x=1&device=a&x=2');
    await returned.nudge('/return?device=b');
    assert.deepEqual(told, [
      'https://tv.example.com/return?device=a',
      'https://tv.example.com/return?device=b',
    ]);
  });

  it('is told again when nobody heard it the first time', async () => {
    let tries = 0;
    const browserReturned = async () => {
      tries += 1;
      if (tries === 1) throw new DevicePassError('temporal_unavailable', 'away');
    };
    const returned = new Returned(gatewayWith({ pass: { browserReturned }, quotas: unlimited }));
    await assert.rejects(returned.nudge('/return?device=a'), { code: 'temporal_unavailable' });
    await returned.nudge('/return?device=a');
    assert.equal(tries, 2);
  });
});

describe("a browser's return without end", () => {
  it('is left to the scheduled polls', async () => {
    let told = 0;
    const browserReturned = async () => {
      told += 1;
    };
    const quotas = { nudge: () => 60 };
    const returned = new Returned(gatewayWith({ pass: { browserReturned }, quotas }));
    await returned.nudge('/return?device=a');
    assert.equal(told, 0);
  });
});

describe('where a viewer is sent', () => {
  const codes = new Codes(gatewayWith({}));

  it("is Adobe's configured host", () => {
    const url = 'https://adobe.example/api/v2/authenticate/X/CODE';
    assert.equal(codes.adobeOnly(url), url);
  });

  for (const url of [
    'https://adobe.example.evil.example/',
    'https://adobe.example@evil.example/',
    'http://adobe.example/',
    'https://adobe.example:8443/',
    'javascript:alert(1)',
    '//evil.example/',
    '',
  ]) {
    it(`is not ${JSON.stringify(url)}`, () => {
      assert.throws(() => codes.adobeOnly(url), { name: 'Problem', status: 502 });
    });
  }
});
